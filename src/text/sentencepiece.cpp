#include "text/sentencepiece.h"

#include <sentencepiece_processor.h>

#include <charconv>

#include "base/error.h"
#include "base/files.h"
#include "text/charsmap.h"

namespace fo1 {
namespace {

constexpr const char* kSpace = "\xE2\x96\x81";  // U+2581 spells a space

std::string replace_all(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// "<0xE4>"
std::string byte_of(const std::string& spelling) {
  unsigned char byte = 0;
  if (spelling.size() == 6) std::from_chars(&spelling[3], &spelling[5], byte, 16);
  return {static_cast<char>(byte)};
}

class SentencePieceVocabulary : public Vocabulary {
 public:
  explicit SentencePieceVocabulary(const std::string& path) {
    const std::string model = read_file(path);
    check_charsmaps(model, path);
    const auto status = processor_.LoadFromSerializedProto(model);
    if (!status.ok()) {
      fail(ErrorCode::kCorruptFile, path, ": not a SentencePiece model: ", status.ToString());
    }
    unknown_ = processor_.DecodeIds({processor_.unk_id()});
    learn_how_text_starts();
  }

  std::int64_t size() const override { return processor_.GetPieceSize(); }

  void encode(const std::string& text, std::vector<std::int64_t>& ids) const override {
    std::vector<int> found;
    const auto status = processor_.Encode(text, &found);
    if (!status.ok()) fail(ErrorCode::kInternal, "SentencePiece: ", status.ToString());
    ids.insert(ids.end(), found.begin(), found.end());
  }

  std::optional<std::int64_t> find(const std::string& piece) const override {
    const std::string spelling = replace_all(piece, " ", kSpace);
    const int id = processor_.PieceToId(spelling);  // the unknown piece's where there is none
    if (processor_.IdToPiece(id) != spelling) return std::nullopt;
    return id;
  }

  std::optional<std::string> piece(std::int64_t id) const override {
    const int index = static_cast<int>(id);
    const std::string& spelling = processor_.IdToPiece(index);
    if (processor_.IsControl(index)) return spelling;
    if (processor_.IsUnknown(index)) return unknown_;
    if (processor_.IsByte(index)) return byte_of(spelling);
    return replace_all(spelling, kSpace, " ");
  }

  std::optional<std::string> next_piece(std::int64_t id, bool& at_start) const override {
    std::string text = *piece(id);
    if (!at_start || is_control(id)) return text;
    const bool drop = drops_first_space_ && text.starts_with(' ') && is_text(id);
    if (drop) text.erase(0, 1);
    at_start = text.empty() && (drops_all_spaces_ || !drop);
    return text;
  }

  bool is_control(std::int64_t id) const override {
    return processor_.IsControl(static_cast<int>(id));
  }

 private:
  bool is_text(std::int64_t id) const {
    const int index = static_cast<int>(id);
    return !processor_.IsByte(index) && !processor_.IsUnknown(index);
  }

  void learn_how_text_starts();

  sentencepiece::SentencePieceProcessor processor_;
  std::string unknown_;             // the text of the unknown piece
  bool drops_first_space_ = false;  // decoded text loses the space it begins with ...
  bool drops_all_spaces_ = false;   // ... or all of them, where they are pieces of their own
};

// The library does not tell how the model was configured, but shows it.
void SentencePieceVocabulary::learn_how_text_starts() {
  for (int id = 0; id < processor_.GetPieceSize() && !drops_first_space_; ++id) {
    const bool begins = processor_.IdToPiece(id).starts_with(kSpace);
    drops_first_space_ = begins && is_text(id) && processor_.DecodeIds({id}) != piece(id);
  }
  if (const auto space = find(" ")) {
    const int id = static_cast<int>(*space);
    drops_all_spaces_ = drops_first_space_ && processor_.DecodeIds({id, id}).empty();
  }
}

}  // namespace

std::unique_ptr<Tokenizer> load_sentencepiece(const std::string& model, const std::string& folder) {
  return std::make_unique<Tokenizer>(std::make_unique<SentencePieceVocabulary>(model),
                                     read_token_files(folder));
}

std::unique_ptr<Tokenizer> load_sentencepiece_folder(const std::string& folder) {
  return load_sentencepiece(join_path(folder, "tokenizer.model"), folder);
}

}  // namespace fo1
