// Texts that come from outside.
#pragma once

#include <cstddef>
#include <string>

namespace fo1::capi {

// Bytes of the UTF-8 character that `text`, which ends with a zero byte, begins with; 0: it begins
// with none (RFC 3629: overlong forms, surrogates and what is beyond U+10FFFF are none).
std::size_t character_size(const char* text) noexcept;

// A text that must be UTF-8. Throws kInvalidArgument naming it.
std::string utf8_text(const char* text, const std::string& name);

}  // namespace fo1::capi
