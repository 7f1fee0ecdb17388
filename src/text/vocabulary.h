// What a tokenizer needs of a vocabulary: byte-level BPE and SentencePiece are the two kinds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fo1 {

// The pieces of a vocabulary, without the tokens that were added to it later. Immutable, safe from
// any thread. Ids passed in are in [0, size()).
class Vocabulary {
 public:
  virtual ~Vocabulary() = default;

  virtual std::int64_t size() const = 0;  // largest id + 1

  // The form of `text` that is searched for added tokens and then encoded.
  virtual std::string normalized(const std::string& text) const { return text; }

  // Appends the ids of `text`: valid UTF-8, normalised, not empty.
  virtual void encode(const std::string& text, std::vector<std::int64_t>& ids) const = 0;

  virtual std::optional<std::int64_t> find(const std::string& piece) const = 0;

  // The bytes of one piece; they need not be whole characters. Nothing where ids have holes.
  virtual std::optional<std::string> piece(std::int64_t id) const = 0;

  // The bytes that `id` adds while decoding. `at_start` says that this stretch of text (one without
  // added tokens) has nothing yet, and is updated: SentencePiece drops the space it begins with.
  virtual std::optional<std::string> next_piece(std::int64_t id, bool& at_start) const {
    at_start = false;
    return piece(id);
  }

  // A sign to the model rather than text (</s>).
  virtual bool is_control(std::int64_t) const { return false; }
};

}  // namespace fo1
