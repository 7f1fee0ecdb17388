#include "base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "fo1/error.h"

namespace fo1 {
namespace {

std::string error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCorruptFile);
    return error.what();
  }
  return "no error";
}

TEST(JsonView, ReadsTypedValues) {
  const Json json =
      parse_json(R"({"a": {"n": 3, "x": 1.5, "s": "t", "b": true, "l": [1, 2]}})", "f");
  const JsonView view = JsonView(json, "f").at("a");
  EXPECT_EQ(view.get<std::int64_t>("n"), 3);
  EXPECT_EQ(view.get<double>("n"), 3.0);
  EXPECT_EQ(view.get<double>("x"), 1.5);
  EXPECT_EQ(view.get<std::string>("s"), "t");
  EXPECT_TRUE(view.get<bool>("b"));
  EXPECT_THAT(view.get<std::vector<std::int64_t>>("l"), testing::ElementsAre(1, 2));
  EXPECT_EQ(view.get_or<std::int64_t>("missing", 7), 7);
}

TEST(JsonView, NullCountsAsAbsent) {
  const Json json = parse_json(R"({"a": null})", "f");
  EXPECT_EQ(JsonView(json, "f").get_or<std::int64_t>("a", 7), 7);
}

TEST(JsonView, ErrorsNameFilePathAndValue) {
  const Json json =
      parse_json(R"({"a": {"l": [1, "x"], "f": 1.5, "big": 18446744073709551615}})", "config.json");
  const JsonView view(json, "config.json");
  EXPECT_THAT(
      error_of([&] { view.at("a").get<std::vector<std::int64_t>>("l"); }),
      testing::AllOf(testing::HasSubstr("config.json: a: l[1]"), testing::HasSubstr("an integer")));
  EXPECT_THAT(error_of([&] { view.at("a").get<std::int64_t>("f"); }), testing::HasSubstr("1.5"));
  EXPECT_THAT(error_of([&] { view.at("a").get<std::int64_t>("big"); }), testing::HasSubstr("2^63"));
  EXPECT_THAT(error_of([&] { view.get<std::string>("none"); }),
              testing::HasSubstr("missing key \"none\""));
  EXPECT_THAT(error_of([&] { view.at("a").at("f").has("k"); }), testing::HasSubstr("an object"));
}

TEST(ParseJson, BrokenTextNamesTheFile) {
  EXPECT_THAT(error_of([] { parse_json("{\"a\": ", "x.json"); }), testing::HasSubstr("x.json"));
  EXPECT_THAT(error_of([] { parse_json("\xff", "x.json"); }), testing::HasSubstr("not valid JSON"));
}

TEST(ParseJson, DeepNestingIsRefused) {
  EXPECT_THAT(error_of([] { parse_json(std::string(1'000'000, '['), "x.json"); }),
              testing::HasSubstr("nested too deeply"));
}

}  // namespace
}  // namespace fo1
