// Pooling of regions as a product of their weights with a feature map.
#pragma once

#include "ops/roi_weights.h"

namespace fo1 {

// pooled[r, c] = sum over y, x of rows[r, y] * columns[r, x] * map[c, y, x], in float32.
// map: [1, C, H, W], any floating dtype, layout and device. -> [R, C], float32, on the map's
// device.
at::Tensor roi_pool(const at::Tensor& map, const RoiWeights& weights);

}  // namespace fo1
