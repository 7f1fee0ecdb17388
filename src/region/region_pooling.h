// Regions' features from the maps of one tower.
#pragma once

#include "base/stage_types.h"

namespace fo1 {

struct RegionPooling {
  double stride = 1;         // box pixels a cell of the first map
  int64_t bins = 7;          // RoIAlign bins per axis
  bool embed_cells = false;  // add the embedding of each cell's position to the maps
};

// As if all maps were enlarged to the first one's size and concatenated, which they never are.
// maps: [B, C_l, H_l, W_l]; boxes: [R, 4], xyxy, float32, CPU; counts: see roi_pool().
// -> [R, sum of C_l], float32
at::Tensor pool_enlarged(const FeatureMaps& maps, const at::Tensor& boxes,
                         const RegionPooling& pooling, at::IntArrayRef counts = {});

// Each map of a pyramid at its own stride (see kPyramidScales); `pooling` describes the map at
// scale 1.
at::Tensor pool_pyramid(const FeatureMaps& maps, const at::Tensor& boxes,
                        const RegionPooling& pooling, at::IntArrayRef counts = {});

}  // namespace fo1
