#include "text/tokenizer.h"

#include <algorithm>

#include "base/error.h"
#include "base/files.h"
#include "text/bpe.h"
#include "text/sentencepiece.h"
#include "text/utf8.h"

namespace fo1 {

Tokenizer::Tokenizer(std::unique_ptr<const Vocabulary> vocabulary, const TokenFiles& files)
    : vocabulary_(std::move(vocabulary)), added_(files, *vocabulary_) {}

std::vector<std::int64_t> Tokenizer::encode(const std::string& utf8) const {
  require_utf8(utf8);
  std::vector<std::int64_t> ids;
  for (const AddedTokens::Segment& segment : added_.split(vocabulary_->normalized(utf8))) {
    if (segment.id) {
      ids.push_back(*segment.id);
    } else {
      vocabulary_->encode(segment.text, ids);
    }
  }
  return ids;
}

std::string Tokenizer::decode(std::span<const std::int64_t> ids, bool skip_special) const {
  std::string bytes;
  bool at_start = true;
  for (const std::int64_t id : ids) append(id, skip_special, at_start, bytes);
  std::string text = take_utf8(bytes);
  if (!bytes.empty()) text += kReplacementCharacter;
  return text;
}

void Tokenizer::append(std::int64_t id, bool skip_special, bool& at_start,
                       std::string& bytes) const {
  const std::string* added = added_.content(id);
  if (added) at_start = true;
  if (skip_special && is_special(id)) return;
  if (added) {
    bytes += *added;
  } else if (in_vocabulary(id)) {
    bytes += vocabulary_->next_piece(id, at_start).value_or(kReplacementCharacter);
  } else {
    bytes += kReplacementCharacter;
  }
}

std::optional<std::int64_t> Tokenizer::id_of(const std::string& token) const {
  const auto added = added_.find(token);
  return added ? added : vocabulary_->find(token);
}

std::string Tokenizer::piece(std::int64_t id) const {
  if (const std::string* added = added_.content(id)) return *added;
  const auto piece = in_vocabulary(id) ? vocabulary_->piece(id) : std::nullopt;
  return piece.value_or(kReplacementCharacter);
}

bool Tokenizer::is_special(std::int64_t id) const {
  return added_.is_special(id) || (in_vocabulary(id) && vocabulary_->is_control(id));
}

namespace {

struct Kind {
  const char* name;
  std::initializer_list<const char*> files;
  std::unique_ptr<Tokenizer> (*load)(const std::string& folder);
};

constexpr Kind kKinds[] = {
    {"byte-level BPE", {"vocab.json", "merges.txt"}, load_bpe_folder},
    {"SentencePiece", {"tokenizer.model"}, load_sentencepiece_folder},
};

}  // namespace

std::unique_ptr<Tokenizer> load_tokenizer(const std::string& model_folder) {
  require_folder(model_folder, "model folder");
  std::string wanted;
  for (const Kind& kind : kKinds) {
    std::string missing;
    for (const char* file : kind.files) {
      if (!file_exists(join_path(model_folder, file))) missing += cat(" ", file);
    }
    if (missing.empty()) return kind.load(model_folder);
    wanted += cat(wanted.empty() ? "" : ";", " ", kind.name, " is missing", missing);
  }
  fail(ErrorCode::kNotFound, model_folder, ": no tokenizer:", wanted);
}

}  // namespace fo1
