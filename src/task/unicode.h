// The few facts about Unicode that reading an answer takes. They follow Python's `re` and
// `str.strip`, on which the trained answer format rests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace fo1 {

// One character of a text. A byte that is not UTF-8 is a character of its own, with code -1.
struct Character {
  std::int32_t code = -1;
  std::size_t size = 1;
};
Character character_at(std::string_view text, std::size_t at);

bool is_utf8(std::string_view text);

// `text` without white space at both ends (Python's str.strip).
std::string_view strip(std::string_view text);

// A whole number written in decimal digits of any script, leading zeros allowed.
struct Number {
  std::size_t end = 0;                // just behind the last digit
  std::optional<std::int64_t> value;  // none: too large for 64 bits
};
// The number whose first digit stands at `at`, if one does.
std::optional<Number> number_at(std::string_view text, std::size_t at);

}  // namespace fo1
