#include "ops/roi_pool.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "region/literal_pooling.h"
#include "region/samples.h"
#include "support/close.h"

namespace fo1 {
namespace {

using test::close_absolute;
using test::literal_roi_pool;

constexpr double kTolerance = 2e-6;

struct Setting {
  Size map;
  double stride;
  int64_t bins;
};
// Maps of one cell, one row, one band and several bands (72 x 90 cells).
constexpr Setting kSettings[] = {
    {{1, 1}, 4, 7},   {{9, 1}, 14, 7},    {{1, 6}, 3.5, 3},
    {{31, 23}, 4, 7}, {{90, 72}, 3.5, 7}, {{14, 6}, 28, 1},
};

at::Tensor pool(const at::Tensor& map, const at::Tensor& boxes, const Setting& setting) {
  return roi_pool(map, roi_weights(boxes, {setting.map, 1 / setting.stride, setting.bins}));
}

at::Tensor boxes_on(const Setting& setting) {
  const auto pixels = [&](int64_t cells) {
    return static_cast<int64_t>(static_cast<double>(cells) * setting.stride);
  };
  return test::awkward_boxes({pixels(setting.map.width), pixels(setting.map.height)}, 3);
}

TEST(RoiPool, IsTheLiteralOperator) {
  for (const Setting& setting : kSettings) {
    const at::Tensor map = test::noise_maps({5}, setting.map, 4).front();
    const at::Tensor boxes = boxes_on(setting);
    const at::Tensor expected = literal_roi_pool(map, boxes, 1 / setting.stride, setting.bins);
    EXPECT_TRUE(close_absolute(pool(map, boxes, setting), expected, kTolerance))
        << setting.map.width << " x " << setting.map.height;
  }
}

TEST(RoiPool, TakesAnyLayout) {
  const Setting setting = kSettings[4];
  const at::Tensor map = test::noise_maps({5}, setting.map, 5).front();
  const at::Tensor boxes = boxes_on(setting);
  const at::Tensor expected = pool(map, boxes, setting);
  const at::Tensor channels_last = map.contiguous(at::MemoryFormat::ChannelsLast);
  const at::Tensor transposed = map.transpose(2, 3).contiguous().transpose(2, 3);
  EXPECT_TRUE(close_absolute(pool(channels_last, boxes, setting), expected, kTolerance));
  EXPECT_TRUE(close_absolute(pool(transposed, boxes, setting), expected, kTolerance));
}

TEST(RoiPool, SumsNarrowTypesInFloat32) {
  const Setting setting = kSettings[4];
  const at::Tensor map = test::noise_maps({5}, setting.map, 6).front().to(at::kBFloat16);
  const at::Tensor boxes = boxes_on(setting);
  const at::Tensor pooled = pool(map, boxes, setting);
  EXPECT_EQ(pooled.scalar_type(), at::kFloat);
  EXPECT_TRUE(close_absolute(pooled, pool(map.to(at::kFloat), boxes, setting), kTolerance));
}

TEST(RoiPool, NoRegions) {
  const at::Tensor map = test::noise_maps({5}, kSettings[3].map, 7).front();
  EXPECT_EQ(pool(map, at::empty({0, 4}), kSettings[3]).sizes(), at::IntArrayRef({0, 5}));
}

// Three pictures, the second without regions.
TEST(RoiPool, BothWaysPoolSeveralPicturesAsOneByOne) {
  for (const Setting& setting : kSettings) {
    const at::Tensor boxes = boxes_on(setting);
    const RoiWeights weights = roi_weights(boxes, {setting.map, 1 / setting.stride, setting.bins});
    const int64_t all = boxes.size(0), counts[] = {all - 4, 0, 4};
    std::vector<at::Tensor> maps;
    for (int64_t seed = 8; seed < 11; ++seed) {
      maps.push_back(test::noise_maps({5}, setting.map, seed).front());
    }
    const at::Tensor expected = at::cat({pool(maps[0], boxes.narrow(0, 0, all - 4), setting),
                                         pool(maps[2], boxes.narrow(0, all - 4, 4), setting)});
    EXPECT_TRUE(at::equal(roi_pool_in_bands(at::cat(maps), weights, counts), expected));
    EXPECT_TRUE(
        close_absolute(roi_pool_at_once(at::cat(maps), weights, counts), expected, kTolerance));
  }
}

TEST(RoiPool, ComputesShapesOnTheMetaDevice) {
  const at::Tensor map = at::empty({1, 5, 23, 31}, at::TensorOptions().device(at::kMeta));
  const at::Tensor pooled = pool(map, boxes_on(kSettings[3]), kSettings[3]);
  EXPECT_TRUE(pooled.is_meta());
  EXPECT_EQ(pooled.size(1), 5);
}

}  // namespace
}  // namespace fo1
