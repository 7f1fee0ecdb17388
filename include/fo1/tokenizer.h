// A model folder's tokenizer alone, without its weights.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "fo1/export.h"

namespace fo1 {

class Tokenizer;

// Immutable, safe from any thread; copies share it.
class FO1_API ModelTokenizer {
 public:
  // Throws kNotFound, kCorruptFile.
  static ModelTokenizer load(const std::string& folder);

  // Special tokens written in the text become their ids. Throws kInvalidArgument for text that is
  // not UTF-8.
  std::vector<std::int64_t> encode(const std::string& text) const;
  // Bytes that are not UTF-8 become U+FFFD.
  std::string decode(const std::vector<std::int64_t>& ids, bool skip_special = false) const;

 private:
  explicit ModelTokenizer(std::shared_ptr<const Tokenizer> tokenizer);
  std::shared_ptr<const Tokenizer> tokenizer_;
};

}  // namespace fo1
