// UTF-8 as the tokenizers need it: checking, repairing, normalising, lowering, stripping.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fo1 {

// What stands at the start of some bytes: one character, or a run of bytes that is none (the
// longest beginning of a character, as CPython and the Unicode standard count it).
struct Utf8Unit {
  enum class Kind {
    kCharacter,
    kInvalid,
    kCutShort
  };  // kCutShort: the bytes end inside a character
  Kind kind;
  std::size_t length;
};
Utf8Unit first_utf8_unit(std::string_view bytes);  // `bytes` is not empty

// Throws kInvalidArgument naming the first byte that is not UTF-8.
void require_utf8(std::string_view text);

// Moves all that is certain from the front of `bytes` into the result: whole characters, and U+FFFD
// for every invalid run. Only a character cut short at the end stays in `bytes`.
std::string take_utf8(std::string& bytes);

inline constexpr const char* kReplacementCharacter = "\xEF\xBF\xBD";  // U+FFFD

// Normalization form C. `text` is valid UTF-8.
std::string nfc(const std::string& text);

// Every character in lower case on its own, as Rust's char::to_lowercase has it: a final capital
// sigma becomes \u03C3, and U+0130 two characters. `text` is valid UTF-8.
std::string lowercase(const std::string& text);

// Without the whitespace at one end, whitespace being what Python's str.strip() takes it for.
std::string strip_left(const std::string& text);
std::string strip_right(const std::string& text);

}  // namespace fo1
