#include "region/region_pooling.h"

#include <ATen/ATen.h>

#include "ops/roi_pool.h"
#include "region/box_embedding.h"
#include "region/simple_fpn.h"

namespace fo1 {
namespace {

Size size_of(const at::Tensor& map) {
  return {.width = map.size(3), .height = map.size(2)};
}

at::Tensor pool_map(const at::Tensor& map, const RoiWeights& weights, bool embed_cells,
                    at::IntArrayRef counts) {
  at::Tensor pooled = roi_pool(map, weights, counts);
  if (embed_cells) pooled += pooled_cell_embedding(weights, map.size(1)).to(pooled.device());
  return pooled;
}

}  // namespace

at::Tensor pool_enlarged(const FeatureMaps& maps, const at::Tensor& boxes,
                         const RegionPooling& pooling, at::IntArrayRef counts) {
  const Size largest = size_of(maps.front());
  const RoiWeights weights =
      roi_weights(boxes, {.map = largest, .scale = 1 / pooling.stride, .bins = pooling.bins});
  std::vector<at::Tensor> parts;
  for (const at::Tensor& map : maps) {
    const Size size = size_of(map);
    const RoiWeights own = size == largest ? weights : fold_enlargement(weights, size);
    parts.push_back(pool_map(map, own, pooling.embed_cells, counts));
  }
  return at::cat(parts, 1);
}

at::Tensor pool_pyramid(const FeatureMaps& maps, const at::Tensor& boxes,
                        const RegionPooling& pooling, at::IntArrayRef counts) {
  std::vector<at::Tensor> parts;
  for (std::size_t level = 0; level < maps.size(); ++level) {
    RegionPooling own = pooling;
    own.stride = pooling.stride / kPyramidScales.at(level);
    parts.push_back(pool_enlarged({maps[level]}, boxes, own, counts));
  }
  return at::cat(parts, 1);
}

}  // namespace fo1
