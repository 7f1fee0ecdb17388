#include "weights/names.h"

#include <gtest/gtest.h>

#include "support/errors.h"

namespace fo1 {
namespace {

TEST(Names, AStarStandsForAnyText) {
  EXPECT_TRUE(name_matches("a.b", "a.b"));
  EXPECT_FALSE(name_matches("a.b", "a.bc"));
  EXPECT_FALSE(name_matches("a.b", "aab"));  // a dot is a dot
  EXPECT_TRUE(name_matches("model.*", "model.layers.0.weight"));
  EXPECT_TRUE(name_matches("model.*", "model."));
  EXPECT_FALSE(name_matches("model.*", "model"));
  EXPECT_TRUE(name_matches("*.bias", "a.b.bias"));
  EXPECT_FALSE(name_matches("*.bias", "a.bias.weight"));
  EXPECT_TRUE(name_matches("*a*a", "aaa"));
  EXPECT_TRUE(name_matches("*", ""));
  EXPECT_FALSE(name_matches("", "a"));
}

TEST(Names, TheFirstRuleThatMatchesRewrites) {
  const NameRule rules[] = {
      {"blocks.*.norm.*", "layers.*.input_norm.*"},
      {"blocks.0.*", "never.*"},
      {"head.weight", "lm_head.weight"},
      {"gone.*.*", "short.*"},
  };
  EXPECT_EQ(rename(rules, "blocks.0.norm.bias"), "layers.0.input_norm.bias");
  EXPECT_EQ(rename(rules, "blocks.0.conv"), "never.conv");
  EXPECT_EQ(rename(rules, "head.weight"), "lm_head.weight");
  EXPECT_EQ(rename(rules, "gone.a.b"), "short.a");
  EXPECT_EQ(rename(rules, "other"), "other");
  EXPECT_EQ(rename({}, "other"), "other");
}

TEST(Names, AReplacementCannotUseMoreThanThePatternFound) {
  const NameRule rules[] = {{"a.*", "*.*"}};
  EXPECT_TRUE(test::fails_with([&] { rename(rules, "a.b"); }, ErrorCode::kInternal, "more stars"));
}

}  // namespace
}  // namespace fo1
