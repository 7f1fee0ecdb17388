#include "text/utf8.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "base/error.h"

namespace fo1 {
namespace {

unsigned char byte_at(std::string_view bytes, std::size_t index) {
  return static_cast<unsigned char>(bytes[index]);
}

// Bytes of the character that `lead` begins; 0 when it begins none.
std::size_t length_after(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xC2) return 0;
  if (lead < 0xE0) return 2;
  if (lead < 0xF0) return 3;
  return lead < 0xF5 ? 4 : 0;
}

bool is_space(utf8proc_int32_t point) {
  return (point >= 0x09 && point <= 0x0D) || (point >= 0x1C && point <= 0x20) || point == 0x85 ||
         point == 0xA0 || point == 0x1680 || (point >= 0x2000 && point <= 0x200A) ||
         point == 0x2028 || point == 0x2029 || point == 0x202F || point == 0x205F ||
         point == 0x3000;
}

// Calls visit(start, end, code point) for every character.
template <class Visit>
void for_each_character(const std::string& text, Visit visit) {
  const auto* data = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const auto size = static_cast<utf8proc_ssize_t>(text.size());
  utf8proc_int32_t point = 0;
  for (utf8proc_ssize_t at = 0, next; at < size; at = next) {
    next = at + std::max<utf8proc_ssize_t>(1, utf8proc_iterate(data + at, size - at, &point));
    visit(static_cast<std::size_t>(at), static_cast<std::size_t>(next), point);
  }
}

// Capitals of Unicode 16, so that older releases of utf8proc lower text just like newer ones.
constexpr struct {
  utf8proc_int32_t first, last, lowered;  // `lowered` is what `first` becomes
} kNewCapitals[] = {{0x1C89, 0x1C89, 0x1C8A}, {0xA7CB, 0xA7CB, 0x264}, {0xA7CC, 0xA7CC, 0xA7CD},
                    {0xA7DA, 0xA7DA, 0xA7DB}, {0xA7DC, 0xA7DC, 0x19B}, {0x10D50, 0x10D65, 0x10D70}};

utf8proc_int32_t lowered(utf8proc_int32_t point) {
  for (const auto& capitals : kNewCapitals) {
    if (point >= capitals.first && point <= capitals.last) {
      return capitals.lowered + point - capitals.first;
    }
  }
  return utf8proc_tolower(point);
}

void append_character(utf8proc_int32_t point, std::string& text) {
  utf8proc_uint8_t bytes[4];
  const utf8proc_ssize_t size = utf8proc_encode_char(point, bytes);
  text.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

}  // namespace

Utf8Unit first_utf8_unit(std::string_view bytes) {
  const unsigned char lead = byte_at(bytes, 0);
  const std::size_t length = length_after(lead);
  if (length == 0) return {Utf8Unit::Kind::kInvalid, 1};
  // The second byte is narrower after some leads: no overlong form, no surrogate, none past
  // U+10FFFF.
  unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  for (std::size_t i = 1; i < length; ++i) {
    if (i == bytes.size()) return {Utf8Unit::Kind::kCutShort, i};
    if (byte_at(bytes, i) < low || byte_at(bytes, i) > high) return {Utf8Unit::Kind::kInvalid, i};
    low = 0x80;
    high = 0xBF;
  }
  return {Utf8Unit::Kind::kCharacter, length};
}

void require_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Unit unit = first_utf8_unit(text.substr(at));
    if (unit.kind != Utf8Unit::Kind::kCharacter) {
      fail(ErrorCode::kInvalidArgument, "text is not valid UTF-8: byte ",
           static_cast<int>(byte_at(text, at)), " at offset ", at, " begins no whole character");
    }
    at += unit.length;
  }
}

std::string take_utf8(std::string& bytes) {
  std::string text;
  std::size_t at = 0;
  while (at < bytes.size()) {
    const Utf8Unit unit = first_utf8_unit(std::string_view(bytes).substr(at));
    if (unit.kind == Utf8Unit::Kind::kCutShort) break;
    if (unit.kind == Utf8Unit::Kind::kCharacter) text.append(bytes, at, unit.length);
    if (unit.kind == Utf8Unit::Kind::kInvalid) text += kReplacementCharacter;
    at += unit.length;
  }
  bytes.erase(0, at);
  return text;
}

std::string nfc(const std::string& text) {
  const bool ascii = std::all_of(text.begin(), text.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (ascii) return text;
  utf8proc_uint8_t* result = nullptr;
  const utf8proc_ssize_t size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &result,
                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(result, std::free);
  if (size < 0) fail(ErrorCode::kInternal, "cannot normalise text: ", utf8proc_errmsg(size));
  return {reinterpret_cast<const char*>(result), static_cast<std::size_t>(size)};
}

std::string lowercase(const std::string& text) {
  constexpr utf8proc_int32_t kDottedCapitalI = 0x130;  // the only one that becomes two characters
  std::string result;
  result.reserve(text.size());
  for_each_character(text, [&](std::size_t, std::size_t, utf8proc_int32_t point) {
    append_character(lowered(point), result);
    if (point == kDottedCapitalI) result += "\u0307";
  });
  return result;
}

std::string strip_left(const std::string& text) {
  std::size_t first = text.size();
  for_each_character(text, [&](std::size_t start, std::size_t, utf8proc_int32_t point) {
    if (!is_space(point)) first = std::min(first, start);
  });
  return text.substr(first);
}

std::string strip_right(const std::string& text) {
  std::size_t last = 0;
  for_each_character(text, [&](std::size_t, std::size_t end, utf8proc_int32_t point) {
    if (!is_space(point)) last = end;
  });
  return text.substr(0, last);
}

}  // namespace fo1
