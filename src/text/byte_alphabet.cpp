#include "text/byte_alphabet.h"

#include <utf8proc.h>

#include <unordered_map>

namespace fo1 {
namespace {

bool is_printable(int byte) {
  return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

std::unordered_map<utf8proc_int32_t, char> make_alphabet() {
  std::unordered_map<utf8proc_int32_t, char> alphabet;
  utf8proc_int32_t next = 0x100;
  for (int byte = 0; byte < 256; ++byte) {
    alphabet[is_printable(byte) ? byte : next++] = static_cast<char>(byte);
  }
  return alphabet;
}

}  // namespace

std::optional<std::string> bytes_from_spelling(const std::string& spelling) {
  static const std::unordered_map<utf8proc_int32_t, char> alphabet = make_alphabet();
  const auto* data = reinterpret_cast<const utf8proc_uint8_t*>(spelling.data());
  const auto size = static_cast<utf8proc_ssize_t>(spelling.size());
  std::string bytes;
  utf8proc_int32_t point = 0;
  for (utf8proc_ssize_t at = 0; at < size;) {
    const utf8proc_ssize_t length = utf8proc_iterate(data + at, size - at, &point);
    const auto found = alphabet.find(point);
    if (length <= 0 || found == alphabet.end()) return std::nullopt;
    bytes += found->second;
    at += length;
  }
  return bytes;
}

}  // namespace fo1
