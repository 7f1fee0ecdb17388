#include "cli/line_json.h"

#include <gtest/gtest.h>

#include "support/errors.h"

namespace fo1::cli {
namespace {

using test::fails_with;

TEST(LineObject, NamesThePlaceOfBrokenJson) {
  for (const char* text : {"{", "{\"a\":\"\xff\"}", "{} {}", "nul", "{\"a\":1e999}"}) {
    EXPECT_TRUE(fails_with([&] { LineObject(text, "in:3"); }, ErrorCode::kCorruptFile,
                           "in:3: not valid JSON"))
        << text;
  }
  EXPECT_TRUE(fails_with([] { LineObject("[1]", "in:3"); }, ErrorCode::kCorruptFile,
                         "in:3: expected an object, got [1]"));
}

TEST(LineObject, ReadsTypes) {
  const LineObject line(R"({"s":"x","i":-4,"b":true,"l":[1,2],"n":null})", "in:1");
  EXPECT_EQ(line.string("s"), "x");
  EXPECT_EQ(line.integer("i"), -4);
  EXPECT_TRUE(line.boolean("b"));
  EXPECT_EQ(line.integers("l"), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(line.strings("s"), std::vector<std::string>{"x"});
  EXPECT_FALSE(line.has("n"));
  EXPECT_FALSE(line.has("other"));
}

TEST(LineObject, RefusesOtherTypes) {
  const LineObject line(R"({"s":"x","big":9223372036854775808,"l":["a",1],"f":2.0})", "in:1");
  const auto code = ErrorCode::kInvalidArgument;
  EXPECT_TRUE(
      fails_with([&] { line.integer("s"); }, code, "in:1: s: expected a whole number, got \"x\""));
  EXPECT_TRUE(fails_with([&] { line.integer("big"); }, code, "got 9223372036854775808"));
  EXPECT_TRUE(fails_with([&] { line.integer("f"); }, code, "got 2.0"));
  EXPECT_TRUE(fails_with([&] { line.string("none"); }, code, "expected a text, got nothing"));
  EXPECT_TRUE(fails_with([&] { line.strings("l"); }, code, "a list of texts, got [\"a\",1]"));
  EXPECT_TRUE(fails_with([&] { line.boolean("s"); }, code, "expected true or false"));
}

TEST(LineObject, ShortensLongValues) {
  const LineObject line("{\"s\":\"" + std::string(500, 'x') + "\"}", "in:1");
  try {
    line.integer("s");
    FAIL() << "a text is no number";
  } catch (const Error& error) {
    EXPECT_LT(std::string(error.what()).size(), 120u);
  }
}

TEST(LineOf, NoReaderOfLinesBreaksIt) {
  const std::string text = "a\n\r\x85\u0085\u2028\u2029\u2028ü";  // \x85 alone is not UTF-8
  const std::string line = line_of({{"text", text}});
  EXPECT_EQ(line, "{\"text\":\"a\\n\\r\xEF\xBF\xBD\\u0085\\u2028\\u2029\\u2028ü\"}\n");
  EXPECT_EQ(Json::parse(line).at("text"), "a\n\r\uFFFD\u0085\u2028\u2029\u2028ü");
}

}  // namespace
}  // namespace fo1::cli
