#include "text/utf8.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/errors.h"
#include "text/support.h"

namespace fo1 {
namespace {

using test::fails_with;

std::string repaired(std::string bytes) {
  std::string text = take_utf8(bytes);
  return bytes.empty() ? text : text + kReplacementCharacter;
}

std::string with_marks(const std::string& text) {  // "?" for U+FFFD
  std::string marked;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool replaced = text.compare(i, 3, kReplacementCharacter) == 0;
    marked += replaced ? '?' : text[i];
    i += replaced ? 2 : 0;
  }
  return marked;
}

TEST(TakeUtf8, ReplacesWhatCPythonReplaces) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"abc", "abc"},
      {"\xe4\xbd\xa0", "\xe4\xbd\xa0"},
      {"\xe4\xbd", "?"},
      {"\xe4\xbdx", "?x"},
      {"\xe4", "?"},
      {"\x80", "?"},
      {"\xc0\xaf", "??"},
      {"\xe0\x80\xaf", "???"},
      {"\xe0\xa0", "?"},
      {"\xed\xa0\x80", "???"},
      {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
      {"\xf0\x9f\x98", "?"},
      {"\xf0\x80\x80", "???"},
      {"\xf4\x90\x80\x80", "????"},
      {"\xf5\x80", "??"},
      {"\xff\xfe", "??"},
      {"\x61\xf0\x9f\xc3\xa9", "\x61?\xc3\xa9"},
      {"\xc3\xe4\xbd\xf0", "???"},
      {"\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"},
      {std::string("\0\x7f", 2), std::string("\0\x7f", 2)},
  };
  for (const auto& [bytes, text] : cases) EXPECT_EQ(with_marks(repaired(bytes)), text);
}

TEST(TakeUtf8, KeepsOnlyABegunCharacter) {
  std::string bytes = "a\xf0\x9f\x98";
  EXPECT_EQ(take_utf8(bytes), "a");
  EXPECT_EQ(bytes, "\xf0\x9f\x98");
  bytes += '\x80';
  EXPECT_EQ(take_utf8(bytes), "\xf0\x9f\x98\x80");
  EXPECT_EQ(bytes, "");
}

TEST(TakeUtf8, PiecewiseIsTheSameAsWhole) {
  test::Random random(1);
  for (int round = 0; round < 2000; ++round) {
    const std::string bytes = random.mutated(random.pick(test::sample_texts()));
    std::string pending, joined;
    for (const char byte : bytes) {
      pending += byte;
      joined += take_utf8(pending);
      EXPECT_LE(pending.size(), 3u);
    }
    if (!pending.empty()) joined += kReplacementCharacter;
    EXPECT_EQ(joined, repaired(bytes));
    EXPECT_NO_THROW(require_utf8(joined));
  }
}

TEST(RequireUtf8, NamesTheFirstBadByte) {
  EXPECT_NO_THROW(require_utf8("\xF0\x9F\x98\x80 fine"));
  EXPECT_TRUE(fails_with([] { require_utf8("ab\xFFz"); }, ErrorCode::kInvalidArgument,
                         "byte 255 at offset 2"));
  EXPECT_TRUE(fails_with([] { require_utf8("ab\xE4\xBD"); }, ErrorCode::kInvalidArgument,
                         "byte 228 at offset 2"));
}

TEST(Nfc, ComposesAndReorders) {
  EXPECT_EQ(nfc("plain"), "plain");
  EXPECT_EQ(nfc("e\xCC\x81"), "\xC3\xA9");                                  // e + acute
  EXPECT_EQ(nfc("\xE1\x84\x80\xE1\x85\xA1\xE1\x86\xA8"), "\xEA\xB0\x81");   // Hangul jamo
  EXPECT_EQ(nfc("\xE2\x84\xAB"), "\xC3\x85");                               // Angstrom sign
  EXPECT_EQ(nfc("a\xCC\x81\xCC\xA3"), "\xE1\xBA\xA1\xCC\x81");              // dot below first
  EXPECT_EQ(nfc(std::string("\0\xE2\x84\xAA", 4)), std::string("\0K", 2));  // Kelvin sign
}

TEST(Lowercase, LowersEachCharacterAlone) {
  EXPECT_EQ(lowercase(""), "");
  EXPECT_EQ(lowercase("A1 zÀÉ"), "a1 zàé");
  EXPECT_EQ(lowercase("\u0130X"), "i\u0307x");
  EXPECT_EQ(lowercase("ΟΣ"), "οσ");  // no final sigma
  EXPECT_EQ(lowercase("\u01C5 \u1E9E \u212A"), "\u01C6 ß k");
  EXPECT_EQ(lowercase("\u0131ßſ猫"), "\u0131ßſ猫");
  EXPECT_EQ(lowercase(std::string("\0A", 2)), std::string("\0a", 2));
}

TEST(Lowercase, KnowsNewUnicode) {
  EXPECT_EQ(lowercase("\u1C89\uA7CB\uA7DC"), "\u1C8A\u0264\u019B");
  EXPECT_EQ(lowercase("\U00010D4F\U00010D50\U00010D65\U00010D66"),
            "\U00010D4F\U00010D70\U00010D85\U00010D66");
}

TEST(Strip, TakesPythonsWhitespace) {
  const std::string blanks =
      "\t\n\v\f\r\x1c\x1f \xC2\x85\xC2\xA0\xE1\x9A\x80\xE2\x80\x8A\xE3\x80\x80";
  EXPECT_EQ(strip_left(blanks + "a b" + blanks), "a b" + blanks);
  EXPECT_EQ(strip_right(blanks + "a b" + blanks), blanks + "a b");
  EXPECT_EQ(strip_left(blanks), "");
  EXPECT_EQ(strip_right(blanks), "");
  EXPECT_EQ(strip_right("\xE1\xA0\x8E\xE2\x80\x8B"), "\xE1\xA0\x8E\xE2\x80\x8B");  // U+180E, U+200B
}

}  // namespace
}  // namespace fo1
