// Pooling of regions as a product of their weights with a feature map.
#pragma once

#include "ops/roi_weights.h"

namespace fo1 {

// pooled[r, c] = sum over y, x of rows[r, y] * columns[r, x] * map[b, c, y, x], in float32, b being
// the region's picture.
// map: [B, C, H, W], any floating dtype, layout and device. counts: how many regions are of each
// picture, in order; empty for those of one picture. -> [R, C], float32, on the map's device.
at::Tensor roi_pool(const at::Tensor& map, const RoiWeights& weights, at::IntArrayRef counts = {});

// The two ways it goes, for any device, one count a picture.
// A CPU's: a map is walked in bands of whole rows, each multiplied with the regions that reach into
// it: regions are mostly small, and neither the weights of all cells nor a float32 copy of the map
// ever exist.
at::Tensor roi_pool_in_bands(const at::Tensor& map, const RoiWeights& weights,
                             at::IntArrayRef counts);
// An accelerator's: one product for all pictures.
at::Tensor roi_pool_at_once(const at::Tensor& map, const RoiWeights& weights,
                            at::IntArrayRef counts);

}  // namespace fo1
