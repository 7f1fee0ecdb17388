// Words to the ids that CLIP's text model reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "text/tokenizer.h"

namespace fo1 {

// Immutable, safe from any thread.
class ClipTokenizer {
 public:
  // From the vocab.json and merges.txt of `folder`; tokenizer_config.json, added_tokens.json and
  // special_tokens_map.json may add tokens. Throws kNotFound, kCorruptFile.
  static ClipTokenizer load(const std::string& folder);

  // The start mark, the words, the end mark: at most `max_ids` ids, the words cut where they do not
  // fit. Case and the kind and number of spaces do not matter. A mark written in the words counts
  // as that mark. Throws kInvalidArgument for text that is not UTF-8 and for max_ids < 2.
  std::vector<std::int64_t> encode(const std::string& words, std::size_t max_ids) const;

  std::int64_t start() const { return start_; }
  std::int64_t end() const { return end_; }
  std::int64_t size() const { return tokenizer_->size(); }  // largest id + 1

 private:
  explicit ClipTokenizer(std::unique_ptr<const Tokenizer> tokenizer);

  std::unique_ptr<const Tokenizer> tokenizer_;
  std::int64_t start_;
  std::int64_t end_;
};

}  // namespace fo1
