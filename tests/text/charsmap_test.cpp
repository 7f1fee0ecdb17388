#include "text/charsmap.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "support/errors.h"

namespace fo1 {
namespace {

std::string little_endian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>((value >> shift) & 0xFF);
  return bytes;
}

std::string field(int number, const std::string& content) {  // of a protocol buffer
  std::string bytes(1, static_cast<char>((number << 3) | 2));
  std::size_t size = content.size();
  for (; size >= 0x80; size >>= 7) bytes += static_cast<char>((size & 0x7F) | 0x80);
  return bytes + static_cast<char>(size) + content;
}

// A trie of 256 units: the first has a value, the second holds it, the others lead to themselves.
struct Charsmap {
  std::vector<std::uint32_t> units = std::vector<std::uint32_t>(256);
  std::string strings = std::string("a\0bc\0", 5);
  std::uint32_t bytes = 1024;

  Charsmap() {
    units[0] = (1 << 10) | (1 << 8);    // offset 1, has a value
    units[1] = std::uint32_t{1} << 31;  // the value: the string at 0
  }
  std::string blob() const {
    std::string trie;
    for (const std::uint32_t unit : units) trie += little_endian(unit);
    return little_endian(bytes) + trie + strings;
  }
  std::string model() const { return field(1, "piece") + field(3, field(2, blob())); }
};

testing::AssertionResult refused(const std::string& model) {
  return test::fails_with([&] { check_charsmaps(model, "x.model"); }, ErrorCode::kCorruptFile,
                          "x.model: not a SentencePiece model: damaged normalisation rules");
}

TEST(CheckCharsmaps, TakesSoundTables) {
  EXPECT_NO_THROW(check_charsmaps(Charsmap().model(), "x.model"));
  EXPECT_NO_THROW(check_charsmaps(field(3, field(2, "")), "x.model"));  // no rules
  EXPECT_NO_THROW(check_charsmaps("", "x.model"));
  EXPECT_NO_THROW(check_charsmaps("\xFF\xFF not a model", "x.model"));
}

TEST(CheckCharsmaps, RefusesWhatLeadsOutOfBounds) {
  Charsmap map;
  map.units[7] = 256 << 10;
  EXPECT_TRUE(refused(map.model()));
  map = {};
  map.units[1] |= 5;
  EXPECT_TRUE(refused(map.model()));
  map = {};
  map.strings = "open end";
  EXPECT_TRUE(refused(map.model()));
  map = {};
  map.strings.clear();
  EXPECT_TRUE(refused(map.model()));
  map = {};
  map.bytes = 4096;
  EXPECT_TRUE(refused(map.model()));
  map = {};
  map.bytes = 1023;
  EXPECT_TRUE(refused(map.model()));
  EXPECT_TRUE(refused(field(5, field(2, "ab"))));
}

}  // namespace
}  // namespace fo1
