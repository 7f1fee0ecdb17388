#include "text/charsmap.h"

#include <cstdint>
#include <cstring>
#include <functional>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace fo1 {
namespace {

// Fields of sentencepiece_model.proto.
constexpr std::uint64_t kNormalizerSpec = 3, kDenormalizerSpec = 5, kPrecompiledCharsmap = 2;

// Reads protocol buffers' wire format as far as it is well formed.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : bytes_(bytes) {}

  // Calls visit(field, content) for each field that has bytes as content.
  void for_each_bytes(const std::function<void(std::uint64_t, std::string_view)>& visit) {
    while (!bytes_.empty()) {
      const std::uint64_t tag = varint();
      switch (tag & 7) {
        case 0: varint(); break;
        case 1: take(8); break;
        case 2: {
          const std::string_view content = take(varint());
          visit(tag >> 3, content);
          break;
        }
        case 5: take(4); break;
        default: return;
      }
    }
  }

 private:
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !bytes_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(take(1)[0]);
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) break;
    }
    return value;
  }

  std::string_view take(std::uint64_t size) {
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(taken.size());
    return taken;
  }

  std::string_view bytes_;
};

// A unit of a double-array trie: a leaf holds a value, any other the way to its children.
struct Unit {
  std::uint32_t bits;
  bool is_leaf() const { return bits >> 31; }
  bool has_leaf() const { return (bits >> 8) & 1; }
  std::uint32_t value() const { return bits & 0x7FFFFFFF; }
  std::uint32_t offset() const { return (bits >> 10) << ((bits & (1 << 9)) >> 6); }
};

// Children of unit i are at (i ^ offset) ^ byte, the value that belongs to i is at i ^ offset.
bool is_sound(const std::vector<Unit>& trie, std::string_view strings) {
  if (trie.empty() || strings.empty() || strings.back() != '\0') return false;
  for (std::uint32_t i = 0; i < trie.size(); ++i) {
    if (trie[i].is_leaf()) continue;
    const std::uint32_t children = i ^ trie[i].offset();
    if ((children | 0xFF) >= trie.size()) return false;
    if (trie[i].has_leaf() && trie[children].value() >= strings.size()) return false;
  }
  return true;
}

// uint32 size of the trie in bytes, the trie, strings that end in 0.
bool is_sound(std::string_view charsmap) {
  std::uint32_t size = 0;
  if (charsmap.size() < sizeof size) return charsmap.empty();
  std::memcpy(&size, charsmap.data(), sizeof size);
  charsmap.remove_prefix(sizeof size);
  if (size > charsmap.size() || size % sizeof(Unit) != 0) return false;
  std::vector<Unit> trie(size / sizeof(Unit));
  std::memcpy(trie.data(), charsmap.data(), size);
  return is_sound(trie, charsmap.substr(size));
}

}  // namespace

void check_charsmaps(const std::string& model, const std::string& path) {
  WireReader(model).for_each_bytes([&](std::uint64_t field, std::string_view spec) {
    if (field != kNormalizerSpec && field != kDenormalizerSpec) return;
    WireReader(spec).for_each_bytes([&](std::uint64_t inner, std::string_view charsmap) {
      if (inner == kPrecompiledCharsmap && !is_sound(charsmap)) {
        fail(ErrorCode::kCorruptFile, path,
             ": not a SentencePiece model: damaged normalisation rules");
      }
    });
  });
}

}  // namespace fo1
