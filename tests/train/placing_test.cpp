#include "train/placing.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

namespace fo1::train {
namespace {

TEST(Placing, BoxesArePartsOfThePicture) {
  const at::Tensor places = places_of({{10, 20, 30, 30}, {5, 5, 5, 45}}, {100, 50});
  const float wanted[2][4] = {{0.2F, 0.5F, std::log(0.2F), std::log(0.2F)},
                              {0.05F, 0.5F, std::log(0.001F), std::log(0.8F)}};
  for (int b = 0; b < 2; ++b) {
    for (int i = 0; i < 4; ++i) EXPECT_FLOAT_EQ(places[b][i].item<float>(), wanted[b][i]);
  }
  EXPECT_EQ(places_of({}, {100, 50}).sizes(), at::IntArrayRef({0, 4}));
}

// What is right costs nothing, and a token's length says nothing.
TEST(Placing, ALinearMapOfDirectionsTellsThem) {
  PlacingHead head(4, at::kFloat);
  const at::NoGradGuard no_grad;
  head->box->weight.copy_(at::eye(4));
  head->box->bias.zero_();
  const at::Tensor tokens = at::layer_norm(at::rand({3, 4}) * 100, {4});
  const PlacingLoss right = head->loss(tokens * 7, tokens);
  EXPECT_NEAR(right.total.item<float>(), 0, 1e-4);
  const at::Tensor moved = at::tensor({0.5F, -0.5F, 0.0F, 0.0F});
  const PlacingLoss wrong = head->loss(tokens, tokens + moved);
  EXPECT_NEAR(wrong.off.item<float>(), 0.5, 1e-4);
  EXPECT_NEAR(wrong.total.item<float>(), 5 * 0.25, 1e-3);
}

}  // namespace
}  // namespace fo1::train
