#include "task/unicode.h"

#include <utf8proc.h>

#include <limits>

namespace fo1 {

Character character_at(std::string_view text, std::size_t at) {
  utf8proc_int32_t code = -1;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at;
  const auto size = utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(text.size() - at), &code);
  if (size <= 0) return {};
  return {code, static_cast<std::size_t>(size)};
}

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    if (character.code < 0) return false;
    at += character.size;
  }
  return true;
}

namespace {

// CPython's definition of str.isspace.
bool is_space(std::int32_t code) {
  const utf8proc_property_t* property = utf8proc_get_property(code);
  return property->category == UTF8PROC_CATEGORY_ZS ||
         property->bidi_class == UTF8PROC_BIDI_CLASS_WS ||
         property->bidi_class == UTF8PROC_BIDI_CLASS_B ||
         property->bidi_class == UTF8PROC_BIDI_CLASS_S;
}

bool is_digit(std::int32_t code) {
  return utf8proc_category(code) == UTF8PROC_CATEGORY_ND;
}

// Decimal digits come in unbroken runs 0..9, so a digit's value is its distance from the start of
// its run (a stability promise of Unicode; some runs touch, hence the remainder).
int digit_value(std::int32_t code) {
  int before = 0;
  while (is_digit(code - before - 1)) ++before;
  return before % 10;
}

}  // namespace

std::string_view strip(std::string_view text) {
  std::size_t begin = text.size(), end = text.size();
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    if (!is_space(character.code)) {
      if (begin == text.size()) begin = at;
      end = at + character.size;
    }
    at += character.size;
  }
  return text.substr(begin, end - begin);
}

std::optional<Number> number_at(std::string_view text, std::size_t at) {
  Number number{at, 0};
  while (number.end < text.size()) {
    const Character character = character_at(text, number.end);
    if (!is_digit(character.code)) break;
    const int digit = digit_value(character.code);
    constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
    if (number.value && *number.value > (kMax - digit) / 10) number.value.reset();
    if (number.value) number.value = *number.value * 10 + digit;
    number.end += character.size;
  }
  if (number.end == at) return std::nullopt;
  return number;
}

}  // namespace fo1
