#include "capi/src/utf8.h"

#include "capi/src/guard.h"

namespace fo1::capi {
namespace {

// The characters that begin with bytes from `first` to `last`: their size, and the range of their
// second byte. Further bytes are 0x80 to 0xBF. (Unicode, table 3-7.)
struct Form {
  unsigned char first, last;
  std::size_t size;
  unsigned char low, high;
};
constexpr Form kForms[] = {
    {0x01, 0x7F, 1, 0x80, 0xBF}, {0xC2, 0xDF, 2, 0x80, 0xBF}, {0xE0, 0xE0, 3, 0xA0, 0xBF},
    {0xE1, 0xEC, 3, 0x80, 0xBF}, {0xED, 0xED, 3, 0x80, 0x9F}, {0xEE, 0xEF, 3, 0x80, 0xBF},
    {0xF0, 0xF0, 4, 0x90, 0xBF}, {0xF1, 0xF3, 4, 0x80, 0xBF}, {0xF4, 0xF4, 4, 0x80, 0x8F},
};

bool is_whole(const unsigned char* bytes, const Form& form) {
  if (form.size > 1 && (bytes[1] < form.low || bytes[1] > form.high)) return false;
  for (std::size_t i = 2; i < form.size; ++i) {
    if (bytes[i] < 0x80 || bytes[i] > 0xBF) return false;
  }
  return true;
}

}  // namespace

std::size_t character_size(const char* text) noexcept {
  const auto* bytes = reinterpret_cast<const unsigned char*>(text);
  for (const Form& form : kForms) {
    if (bytes[0] < form.first || bytes[0] > form.last) continue;
    return is_whole(bytes, form) ? form.size : 0;
  }
  return 0;
}

std::string utf8_text(const char* text, const std::string& name) {
  const char* end = text;
  while (*end) {
    const std::size_t size = character_size(end);
    if (size == 0) {
      refuse(name + ": not UTF-8 at byte " + std::to_string(end - text));
    }
    end += size;
  }
  return {text, end};
}

}  // namespace fo1::capi
