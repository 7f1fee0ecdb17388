#include "support/golden.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/nn/module.h>

#include <limits>

#include "support/close.h"
#include "support/errors.h"

namespace fo1::test {
namespace {

Json spec(std::vector<std::int64_t> shape, int salt, double scale, double offset) {
  return {{"shape", shape}, {"salt", salt}, {"scale", scale}, {"offset", offset}};
}

at::Tensor made(const Json& json) {
  return regenerate(JsonView(json, "spec"));
}

TEST(Regenerate, FollowsTheFormulaOfTheRecordings) {
  const at::Tensor tensor = made(spec({2, 3}, 7, 2.0, 0.0));
  EXPECT_EQ(tensor.sizes(), at::IntArrayRef({2, 3}));
  EXPECT_EQ(tensor[0][0].item<float>(), -0.65789794921875f);
  EXPECT_EQ(tensor[0][1].item<float>(), -0.698089599609375f);
  EXPECT_EQ(tensor[1][2].item<float>(), -0.26007080078125f);
  EXPECT_EQ(made(spec({1}, 1603, 0.25, 1.0)).item<float>(), 0.9459190368652344f);
  const at::Tensor large = made(spec({2048, 11008}, 1800, 0.0625, 0.0));
  EXPECT_EQ(large[2047][11007].item<float>(), 0.008357048034667969f);
}

struct Pair : torch::nn::Module {
  Pair() {
    weight = register_parameter("weight", at::empty({2, 2}, at::kDouble), false);
    register_buffer("bias", at::empty({2}));
  }
  at::Tensor weight;
};

Json named(const std::string& name, std::vector<std::int64_t> shape) {
  Json json = spec(shape, 3, 1.0, 0.0);
  json["name"] = name;
  return json;
}

TEST(Fill, FillsEveryTensorInTheTypeOfTheModule) {
  Pair pair;
  const Json weights = {named("p.weight", {2, 2}), named("other.weight", {9}),
                        named("p.bias", {2})};
  fill(pair, JsonView(weights, "weights"), "p.");
  EXPECT_EQ(pair.weight.scalar_type(), at::kDouble);
  EXPECT_TRUE(close_absolute(pair.weight, made(spec({2, 2}, 3, 1.0, 0.0)), 0));
}

TEST(Fill, RefusesListsThatDoNotFitTheModule) {
  const auto filling = [](Json weights) {
    return [weights] {
      Pair pair;
      fill(pair, JsonView(weights, "weights"));
    };
  };
  const auto code = ErrorCode::kInvalidArgument;
  EXPECT_TRUE(fails_with(filling({named("weight", {2, 2})}), code, "has 2 tensors, 1 of them"));
  EXPECT_TRUE(fails_with(filling({named("gain", {2})}), code, "no tensor for \"gain\""));
  EXPECT_TRUE(fails_with(filling({named("weight", {4})}), code, "weight: module has shape [2, 2]"));
}

TEST(Close, RelativeMeasuresTheNormOfTheDifference) {
  const at::Tensor expected = at::tensor({3.f, 4.f});  // norm 5
  EXPECT_TRUE(close_relative(at::tensor({3.f, 4.5f}), expected, 0.11));
  EXPECT_FALSE(close_relative(at::tensor({3.f, 4.5f}), expected, 0.09));
  EXPECT_TRUE(close_relative(at::zeros({2}), at::zeros({2}), 0));
  EXPECT_FALSE(close_relative(at::ones({2}), at::zeros({2}), 1));
}

TEST(Close, AbsoluteNamesTheWorstPlace) {
  const at::Tensor expected = at::zeros({2, 3});
  at::Tensor actual = expected.clone();
  actual[1][2] = 0.5f;
  actual[0][1] = -0.25f;
  EXPECT_TRUE(close_absolute(actual, expected, 0.5));
  const testing::AssertionResult result = close_absolute(actual, expected, 0.25);
  EXPECT_FALSE(result);
  EXPECT_STREQ(result.message(), "difference 0.5 > 0.25 at [1, 2]: 0.5, expected 0");
}

TEST(Close, ShapesMustBeEqualAndNansNeverAre) {
  const at::Tensor nan = at::full({2}, std::numeric_limits<float>::quiet_NaN());
  for (const auto& close : {close_relative, close_absolute}) {
    EXPECT_FALSE(close(at::ones({2}), at::ones({1, 2}), 1));
    EXPECT_FALSE(close(at::Tensor(), at::ones({2}), 1));
    EXPECT_FALSE(close(nan, at::ones({2}), 1));
    EXPECT_FALSE(close(at::ones({2}), nan, 1));
    EXPECT_FALSE(close(nan, nan, 1));
    EXPECT_TRUE(close(at::ones({2}, at::kBFloat16), at::ones({2}), 0));
    EXPECT_TRUE(close(at::ones({0, 2}), at::ones({0, 2}), 0));
  }
}

}  // namespace
}  // namespace fo1::test
