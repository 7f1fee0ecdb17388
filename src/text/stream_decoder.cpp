#include "text/stream_decoder.h"

#include "text/utf8.h"

namespace fo1 {

std::string StreamDecoder::push(std::int64_t id) {
  tokenizer_.append(id, skip_special_, at_start_, bytes_);
  return take_utf8(bytes_);
}

std::string StreamDecoder::finish() {
  std::string rest = bytes_.empty() ? "" : kReplacementCharacter;
  bytes_.clear();
  at_start_ = true;
  return rest;
}

}  // namespace fo1
