#include "task/unicode.h"

#include <gtest/gtest.h>

namespace fo1 {
namespace {

TEST(Strip, RemovesWhatPythonCallsSpace) {
  const std::string spaces =
      "\t\n\v\f\r\x1c\x1d\x1e\x1f \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
      "\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000";
  EXPECT_EQ(strip(spaces + "a b" + spaces), "a b");
  EXPECT_EQ(strip(spaces), "");
  EXPECT_EQ(strip(""), "");
}

TEST(Strip, KeepsWhatOnlyLooksLikeSpace) {
  for (const char* text : {"\u200b", "\u2060", "\ufeff", "\u180e", "\x01", "\x7f", "\xff"}) {
    EXPECT_EQ(strip(text), text);
  }
}

TEST(Utf8, BrokenBytesAreCharactersOfTheirOwn) {
  EXPECT_TRUE(is_utf8("a é 猫 😀"));
  EXPECT_EQ(character_at("猫", 0).size, 3u);
  // A lone continuation byte, a cut sequence, an overlong form, a surrogate, beyond the last code.
  for (const char* text : {"\x80", "\xe7\x8c", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80"}) {
    EXPECT_FALSE(is_utf8(text));
    EXPECT_EQ(character_at(text, 0).code, -1);
    EXPECT_EQ(character_at(text, 0).size, 1u);
  }
}

TEST(NumberAt, ReadsDigitsOfEveryScript) {
  // ASCII, Arabic-Indic, Devanagari, Thai, fullwidth, Adlam; two touching runs of mathematical
  // digits (bold 9, double-struck 0).
  EXPECT_EQ(number_at("0427", 0)->value, 427);
  EXPECT_EQ(number_at("٣٤", 0)->value, 34);
  EXPECT_EQ(number_at("१०", 0)->value, 10);
  EXPECT_EQ(number_at("๙", 0)->value, 9);
  EXPECT_EQ(number_at("７1", 0)->value, 71);
  EXPECT_EQ(number_at("\U0001e955", 0)->value, 5);
  EXPECT_EQ(number_at("\U0001d7d7\U0001d7d8", 0)->value, 90);
}

TEST(NumberAt, OtherNumeralsAreNoDigits) {
  for (const char* text : {"", "x", "-1", "²", "½", "Ⅷ", "四", "①", "\xff"}) {
    EXPECT_FALSE(number_at(text, 0)) << text;
  }
}

TEST(NumberAt, TooLargeKeepsItsEndButHasNoValue) {
  EXPECT_EQ(number_at("9223372036854775807", 0)->value, INT64_MAX);
  EXPECT_EQ(number_at("00000000000000000000000005", 0)->value, 5);
  const auto over = number_at("9223372036854775808 ", 0);
  EXPECT_FALSE(over->value);
  EXPECT_EQ(over->end, 19u);
  EXPECT_EQ(number_at(std::string(100000, '9'), 0)->end, 100000u);
}

}  // namespace
}  // namespace fo1
