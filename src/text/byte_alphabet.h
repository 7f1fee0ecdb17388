// The printable spelling of bytes in the files of byte-level BPE.
#pragma once

#include <optional>
#include <string>

namespace fo1 {

// Printable Latin-1 bytes stand for themselves, the others for the characters from U+0100 on: a
// space is spelled U+0120. Nothing for text that no bytes are spelled as.
std::optional<std::string> bytes_from_spelling(const std::string& spelling);

}  // namespace fo1
