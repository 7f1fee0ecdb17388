#include "region/region_pooling.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "region/box_embedding.h"
#include "region/literal_pooling.h"
#include "region/samples.h"
#include "region/simple_fpn.h"
#include "support/close.h"

namespace fo1 {
namespace {

using test::close_absolute;

constexpr double kTolerance = 1e-5;

// Auxiliary maps of squares, of odd sizes, and down to one cell.
constexpr Size kSizes[] = {{48, 48}, {31, 23}, {5, 7}, {1, 3}};

Size pixels(Size cells, int64_t stride) {
  return {cells.width * stride, cells.height * stride};
}

TEST(RegionPooling, IsTheLiteralEnlargement) {
  for (const Size& size : kSizes) {
    const FeatureMaps maps = test::noise_maps({2, 3, 4, 5}, size, 11);
    for (const int64_t bins : {7, 3}) {
      const at::Tensor boxes = test::awkward_boxes(pixels(size, 4), 12);
      const at::Tensor pooled = pool_enlarged(maps, boxes, {.stride = 4, .bins = bins});
      const at::Tensor expected = test::literal_pool_enlarged(maps, boxes, 0.25, bins);
      EXPECT_TRUE(close_absolute(pooled, expected, kTolerance))
          << size.width << " x " << size.height << ", " << bins << " bins";
    }
  }
}

TEST(RegionPooling, EachPyramidMapHasItsOwnStride) {
  FeatureMaps maps;
  for (const double scale : kPyramidScales) {
    const Size size{static_cast<int64_t>(10 * scale), static_cast<int64_t>(6 * scale)};
    maps.push_back(test::noise_maps({3}, size, 13).front());
  }
  const at::Tensor boxes = test::awkward_boxes({140, 84}, 14);
  const at::Tensor pooled = pool_pyramid(maps, boxes, {.stride = 14, .bins = 7});
  for (std::size_t level = 0; level < maps.size(); ++level) {
    const at::Tensor expected =
        test::literal_roi_pool(maps[level], boxes, kPyramidScales.at(level) / 14, 7);
    const auto first = static_cast<int64_t>(3 * level);
    EXPECT_TRUE(close_absolute(pooled.narrow(1, first, 3), expected, kTolerance)) << level;
  }
}

// The embedding added in pooled form equals the pooled sum of map and embedding: an embedding
// alone, cell by cell, is what a one-cell weight picks out of it.
TEST(RegionPooling, CellEmbeddingNeedsNoMap) {
  const int64_t channels = 24;
  for (const Size& size : kSizes) {
    const int64_t cells = size.width * size.height;
    const at::Tensor rows = at::eye(size.height).repeat_interleave(size.width, 0);
    const at::Tensor columns = at::eye(size.width).repeat({size.height, 1});
    const at::Tensor embedding = pooled_cell_embedding({rows, columns}, channels)  // [H * W, C]
                                     .t()
                                     .reshape({1, channels, size.height, size.width});
    ASSERT_EQ(rows.size(0), cells);
    const FeatureMaps maps = test::noise_maps({channels, channels}, size, 15);
    const at::Tensor boxes = test::awkward_boxes(pixels(size, 4), 16);
    const at::Tensor pooled =
        pool_enlarged({maps[0]}, boxes, {.stride = 4, .bins = 7, .embed_cells = true});
    const at::Tensor expected =
        pool_enlarged({maps[0] + embedding}, boxes, {.stride = 4, .bins = 7});
    EXPECT_TRUE(close_absolute(pooled, expected, kTolerance)) << size.width << " x " << size.height;
  }
}

}  // namespace
}  // namespace fo1
