#include "ops/deformable_attention.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "support/close.h"
#include "support/golden.h"

namespace fo1 {
namespace {

using test::close_absolute;

LevelSizes levels_of(const at::Tensor& shapes) {
  LevelSizes levels;
  for (int64_t l = 0; l < shapes.size(0); ++l) {
    levels.push_back({shapes[l][1].item<int64_t>(), shapes[l][0].item<int64_t>()});
  }
  return levels;
}

TEST(DeformableAttentionOp, BothFormsMatchRecordings) {
  for (const char* name : {"a", "b", "c", "d"}) {
    SCOPED_TRACE(name);
    const test::Golden golden(cat("upn/modules/msda_core_", name, ".safetensors"));
    const LevelSizes levels = levels_of(golden["spatial_shapes"]);
    for (const auto form : {deformable_attention, deformable_attention_aten}) {
      const at::Tensor out =
          form(golden["value"], levels, golden["sampling_locations"], golden["attention_weights"]);
      EXPECT_TRUE(close_absolute(out, golden["output"], 1e-5));
    }
  }
}

struct Random {
  LevelSizes levels = {{13, 9}, {7, 5}, {1, 1}};
  at::Tensor value, locations, weights;

  explicit Random(int64_t channels) {
    at::manual_seed(7);
    const int64_t cells = total_cells(levels);
    value = at::randn({2, cells, 4, channels});
    locations = at::rand({2, 31, 4, 3, 5, 2}) * 1.6 - 0.3;  // a good part is outside
    weights = at::rand({2, 31, 4, 3, 5});
  }
};

TEST(DeformableAttentionOp, TheKernelEqualsTheComposition) {
  for (const int64_t channels : {1, 3, 8, 32, 40}) {
    const Random in(channels);
    EXPECT_TRUE(close_absolute(
        deformable_attention(in.value, in.levels, in.locations, in.weights),
        deformable_attention_aten(in.value, in.levels, in.locations, in.weights), 1e-5))
        << channels;
  }
}

TEST(DeformableAttentionOp, TakesStridedTensorsAndHalfPrecision) {
  const Random in(8);
  const at::Tensor expected = deformable_attention(in.value, in.levels, in.locations, in.weights);
  const at::Tensor strided = in.value.transpose(1, 2).contiguous().transpose(1, 2);
  EXPECT_TRUE(
      at::equal(deformable_attention(strided, in.levels, in.locations, in.weights), expected));
  for (const auto form : {deformable_attention, deformable_attention_aten}) {
    const at::Tensor rough =
        form(in.value.to(at::kBFloat16), in.levels, in.locations, in.weights.to(at::kBFloat16));
    EXPECT_EQ(rough.scalar_type(), at::kBFloat16);
    EXPECT_TRUE(test::close_relative(rough.to(at::kFloat), expected, 1e-2));
  }
}

TEST(DeformableAttentionOp, PlacesFarAwayAndNaNsReadNothing) {
  Random in(8);
  for (const float place : {1e30f, -1e30f, INFINITY, -INFINITY, NAN}) {
    in.locations.fill_(place);
    const at::Tensor out = deformable_attention(in.value, in.levels, in.locations, in.weights);
    EXPECT_EQ(out.abs().sum().item<float>(), 0) << place;
  }
}

TEST(DeformableAttentionOp, RunsOnTheMetaDevice) {
  const Random in(8);
  const at::Tensor out = deformable_attention(in.value.to(at::kMeta), in.levels,
                                              in.locations.to(at::kMeta), in.weights.to(at::kMeta));
  EXPECT_EQ(out.sizes(), (std::vector<int64_t>{2, 31, 32}));
}

}  // namespace
}  // namespace fo1
