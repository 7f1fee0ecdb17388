#include "text/bpe.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <sstream>
#include <unordered_map>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "text/byte_alphabet.h"
#include "text/merges.h"
#include "text/utf8.h"

namespace fo1 {
namespace {

using Spellings = std::unordered_map<std::string, std::int32_t>;

Spellings read_vocab(const std::string& path) {
  const Json json = load_json(path);
  const JsonView view(json, path);
  if (!json.is_object() || json.empty()) view.expected("an object of pieces and their ids");
  Spellings vocab;
  vocab.reserve(json.size());
  for (const auto& [spelling, id] : json.items()) {
    if (!id.is_number_integer() || id < 0 || id > INT32_MAX - 1) {
      view.at(spelling).expected("a token id from 0 to 2147483646");
    }
    vocab.emplace(spelling, id.get<std::int32_t>());
  }
  return vocab;
}

std::vector<std::string> words_of(const std::string& line) {
  constexpr const char* kBlanks = " \t\r\v\f";
  std::vector<std::string> words;
  for (std::size_t end = 0, start; true;) {
    start = line.find_first_not_of(kBlanks, end);
    if (start == std::string::npos) return words;
    end = std::min(line.find_first_of(kBlanks, start), line.size());
    words.push_back(line.substr(start, end - start));
  }
}

class BpeVocabulary : public Vocabulary {
 public:
  BpeVocabulary(const std::string& path, const std::string& merges, BpeRules rules)
      : path_(path), rules_(std::move(rules)), pretokenizer_(rules_.word) {
    const Spellings vocab = read_vocab(path);
    read_pieces(vocab);
    read_merges(merges, vocab);
    const auto unknown = vocab.find(rules_.unknown);
    if (unknown != vocab.end()) unknown_ = unknown->second;
  }

  std::int64_t size() const override { return static_cast<std::int64_t>(pieces_.size()); }

  std::string normalized(const std::string& text) const override {
    return rules_.lowercase ? lowercase(nfc(text)) : nfc(text);
  }

  void encode(const std::string& text, std::vector<std::int64_t>& ids) const override {
    Merger merger(merges_);
    std::vector<std::int32_t> symbols;
    pretokenizer_.split(text, [&](std::string_view word) {
      symbols.clear();
      for (const char& byte : word) symbols.push_back(symbol_of(byte, &byte == &word.back()));
      merger.merge(symbols, ids);
    });
  }

  std::optional<std::int64_t> find(const std::string& piece) const override {
    const auto found = ids_.find(piece);
    if (found == ids_.end()) return std::nullopt;
    return found->second;
  }

  std::optional<std::string> piece(std::int64_t id) const override {
    const std::string& piece = pieces_[static_cast<std::size_t>(id)];
    if (piece.empty()) return std::nullopt;
    return piece;
  }

 private:
  void read_pieces(const Spellings& vocab);
  void read_merges(const std::string& path, const Spellings& vocab);

  std::int32_t symbol_of(char byte, bool last) const {
    const auto value = static_cast<unsigned char>(byte);
    const std::int32_t id = (last ? last_byte_ids_ : byte_ids_)[value];
    if (id < 0 && unknown_) return *unknown_;
    if (id < 0) {
      fail(ErrorCode::kCorruptFile, path_, ": no piece for byte ", static_cast<int>(value),
           last && !rules_.word_end.empty() ? " at the end of a word" : "");
    }
    return id;
  }

  std::string path_;
  BpeRules rules_;
  std::vector<std::string> pieces_;                    // by id, bytes; empty: no such id
  std::unordered_map<std::string, std::int32_t> ids_;  // by bytes
  std::array<std::int32_t, 256> byte_ids_;
  std::array<std::int32_t, 256> last_byte_ids_;  // for the last byte of a word
  std::optional<std::int32_t> unknown_;
  MergeTable merges_;
  Pretokenizer pretokenizer_;
};

// A key that spells no bytes can only be a token for its own text: it stands for itself.
void BpeVocabulary::read_pieces(const Spellings& vocab) {
  std::int32_t last = 0;
  for (const auto& [spelling, id] : vocab) last = std::max(last, id);
  if (static_cast<std::size_t>(last) > 16 * vocab.size() + 65536) {
    fail(ErrorCode::kCorruptFile, path_, ": ", vocab.size(), " pieces, but an id of ", last);
  }
  pieces_.resize(static_cast<std::size_t>(last) + 1);
  ids_.reserve(vocab.size());
  byte_ids_.fill(-1);
  last_byte_ids_.fill(-1);
  for (const auto& [spelling, id] : vocab) {
    std::string& piece = pieces_[static_cast<std::size_t>(id)];
    if (!piece.empty()) {
      fail(ErrorCode::kCorruptFile, path_, ": id ", id, " belongs to two pieces, one of them ",
           quoted(spelling));
    }
    const auto bytes = bytes_from_spelling(spelling);
    piece = bytes.value_or(spelling);
    if (!bytes) {
      ids_.emplace(spelling, id);
      continue;
    }
    ids_[*bytes] = id;
    if (bytes->empty()) continue;
    const std::string_view rest = std::string_view(*bytes).substr(1);
    const auto first = static_cast<unsigned char>(bytes->front());
    if (rest.empty()) byte_ids_[first] = id;
    if (rest == rules_.word_end) last_byte_ids_[first] = id;
  }
}

void BpeVocabulary::read_merges(const std::string& path, const Spellings& vocab) {
  std::istringstream file(read_file(path));
  std::string line;
  std::int32_t rank = 0;
  for (int number = 1; std::getline(file, line); ++number) {
    const std::vector<std::string> words = words_of(line);
    if (words.empty() || (number == 1 && line.starts_with("#version:"))) continue;
    const auto reject = [&](const std::string& what) {
      fail(ErrorCode::kCorruptFile, path, ":", number, ": ", what, " in ", quoted(line));
    };
    if (words.size() != 2) reject("expected two pieces");
    const auto id_of = [&](const std::string& spelling) {
      const auto found = vocab.find(spelling);
      if (found == vocab.end()) reject(cat("no id for piece ", quoted(spelling)));
      return found->second;
    };
    const std::int32_t left = id_of(words[0]);
    const std::int32_t right = id_of(words[1]);
    merges_.set(left, right, {rank++, id_of(words[0] + words[1])});
  }
}

}  // namespace

std::unique_ptr<Vocabulary> load_bpe_vocabulary(const std::string& vocab, const std::string& merges,
                                                const BpeRules& rules) {
  return std::make_unique<BpeVocabulary>(vocab, merges, rules);
}

std::unique_ptr<Tokenizer> load_bpe(const BpeFiles& files) {
  return std::make_unique<Tokenizer>(load_bpe_vocabulary(files.vocab, files.merges),
                                     read_token_files(files.folder));
}

std::unique_ptr<Tokenizer> load_bpe_folder(const std::string& folder) {
  return load_bpe({join_path(folder, "vocab.json"), join_path(folder, "merges.txt"), folder});
}

}  // namespace fo1
