// Text to token ids and back.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "text/added_tokens.h"
#include "text/token_files.h"
#include "text/vocabulary.h"

namespace fo1 {

// A vocabulary and the tokens added to it. Immutable, safe from any thread.
class Tokenizer {
 public:
  Tokenizer(std::unique_ptr<const Vocabulary> vocabulary, const TokenFiles& files);

  // Added tokens that occur in the text become their ids; nothing is put around it. Throws
  // kInvalidArgument for text that is not UTF-8.
  std::vector<std::int64_t> encode(const std::string& utf8) const;

  // Bytes that are not UTF-8 become U+FFFD, as in CPython's errors="replace"; so does an id that
  // names no token (embedding tables are often longer than the vocabulary).
  std::string decode(std::span<const std::int64_t> ids, bool skip_special) const;

  // The token written exactly so.
  std::optional<std::int64_t> id_of(const std::string& token) const;
  // The bytes of one token: the inverse of id_of.
  std::string piece(std::int64_t id) const;
  bool is_special(std::int64_t id) const;
  std::int64_t size() const { return added_.size(); }  // largest id + 1

  // One step of decoding: appends the bytes of `id`. `at_start` is true at first and handed from
  // step to step.
  void append(std::int64_t id, bool skip_special, bool& at_start, std::string& bytes) const;

 private:
  bool in_vocabulary(std::int64_t id) const { return id >= 0 && id < vocabulary_->size(); }

  std::unique_ptr<const Vocabulary> vocabulary_;
  AddedTokens added_;
};

// Chooses the kind by the files that `model_folder` has. Throws kNotFound, kCorruptFile.
std::unique_ptr<Tokenizer> load_tokenizer(const std::string& model_folder);

}  // namespace fo1
