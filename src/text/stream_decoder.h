// Text of an answer while its tokens arrive.
#pragma once

#include <cstdint>
#include <string>

#include "text/tokenizer.h"

namespace fo1 {

// All that push() and finish() return, joined, is tokenizer.decode() of all ids.
class StreamDecoder {
 public:
  // `tokenizer` must outlive the decoder.
  StreamDecoder(const Tokenizer& tokenizer, bool skip_special)
      : tokenizer_(tokenizer), skip_special_(skip_special) {}

  std::string push(std::int64_t id);  // what became certain: whole characters, may be empty
  std::string finish();               // the rest; afterwards a new text begins

 private:
  const Tokenizer& tokenizer_;
  bool skip_special_;
  bool at_start_ = true;
  std::string bytes_;  // the beginning of a character
};

}  // namespace fo1
