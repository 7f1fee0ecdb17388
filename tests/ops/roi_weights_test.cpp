#include "ops/roi_weights.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <limits>

#include "region/samples.h"
#include "support/close.h"
#include "support/errors.h"

namespace fo1 {
namespace {

using test::close_absolute;
using test::fails_with;

constexpr RoiGrid kGrid{.map = {.width = 31, .height = 17}, .scale = 0.25, .bins = 7};

RoiWeights weights_of(std::vector<float> box, const RoiGrid& grid = kGrid) {
  return roi_weights(at::tensor(box).view({-1, 4}), grid);
}

TEST(RoiWeights, AnInsideRegionIsAnAverage) {
  const RoiWeights weights = weights_of({8, 10, 100, 50, 30, 20, 31, 21});
  EXPECT_EQ(weights.rows.sizes(), at::IntArrayRef({2, 17}));
  EXPECT_EQ(weights.columns.sizes(), at::IntArrayRef({2, 31}));
  EXPECT_TRUE(close_absolute(weights.rows.sum(1), at::ones({2}), 1e-6));
  EXPECT_TRUE(close_absolute(weights.columns.sum(1), at::ones({2}), 1e-6));
}

// A side of 7 cells has one sample in the middle of each bin, half a cell behind the border.
TEST(RoiWeights, SamplesLieInTheMiddleOfBins) {
  const RoiWeights weights = weights_of({0, 8, 28, 36});
  at::Tensor expected = at::zeros({1, 31});
  expected.narrow(1, 0, 8).fill_(1.0 / 7);
  expected[0][0] = expected[0][7] = 0.5 / 7;
  EXPECT_TRUE(close_absolute(weights.columns, expected, 1e-7));
  EXPECT_TRUE(close_absolute(weights.rows.narrow(1, 2, 8), expected.narrow(1, 0, 8), 1e-7));
}

TEST(RoiWeights, OutsideCountsAsZero) {
  const RoiWeights weights = weights_of({-400, 0, -300, 68, 500, 0, 600, 68});
  EXPECT_EQ(weights.columns.abs().sum().item<float>(), 0);
  EXPECT_GT(weights.rows.sum().item<float>(), 1.9f);
}

// Millions of samples, of which only those near the map are visited.
TEST(RoiWeights, HugeRegionsAreExactAndQuick) {
  const float far = 4.0e6f;
  const RoiWeights weights = weights_of({-far, -far, far, far});
  const double spacing = 1.0;  // a million cells a side, as many samples
  const double samples = 2.0 * far * kGrid.scale;
  EXPECT_NEAR(weights.columns.sum().item<double>(), (31 + 1) * spacing / samples, 2.0 / samples);
  EXPECT_NEAR(weights.rows.sum().item<double>(), (17 + 1) * spacing / samples, 2.0 / samples);
}

TEST(RoiWeights, FoldingIsPoolingTheEnlargedMap) {
  const Size large = kGrid.map, small{.width = 8, .height = 5};
  const RoiWeights weights = roi_weights(test::awkward_boxes({124, 68}, 1), kGrid);
  const RoiWeights folded = fold_enlargement(weights, small);
  const at::Tensor map = test::noise_maps({3}, small, 2).front();
  const at::Tensor enlarged =
      at::upsample_bilinear2d(map, {large.height, large.width}, /*align_corners=*/false);
  const auto pooled = [](const RoiWeights& w, const at::Tensor& of) {
    return at::einsum("ry,rx,cyx->rc", {w.rows, w.columns, of.squeeze(0)});
  };
  EXPECT_TRUE(close_absolute(pooled(folded, map), pooled(weights, enlarged), 2e-6));
}

TEST(RoiWeights, NoRegions) {
  const RoiWeights none = roi_weights(at::empty({0, 4}), kGrid);
  EXPECT_EQ(none.rows.sizes(), at::IntArrayRef({0, 17}));
  EXPECT_EQ(fold_enlargement(none, {.width = 8, .height = 5}).columns.sizes(),
            at::IntArrayRef({0, 8}));
}

TEST(RoiWeights, RefusesWhatIsNotABox) {
  using Limits = std::numeric_limits<float>;
  for (const float bad : {Limits::quiet_NaN(), Limits::infinity(), -1e9f}) {
    EXPECT_TRUE(fails_with(
        [&] {
          weights_of({0, 0, 1, 1, 0, bad, 1, 1});
        },
        ErrorCode::kInvalidArgument, "boxes[1][1]: expected a pixel coordinate"));
  }
  for (const at::Tensor& bad :
       {at::zeros({2, 5}), at::zeros({4}), at::zeros({2, 4}, at::kDouble)}) {
    EXPECT_TRUE(fails_with([&] { roi_weights(bad, kGrid); }, ErrorCode::kInvalidArgument,
                           "boxes: expected float32 [R, 4]"));
  }
}

}  // namespace
}  // namespace fo1
