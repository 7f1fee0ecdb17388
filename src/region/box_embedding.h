// Sine embeddings of where a region is.
#pragma once

#include "ops/roi_weights.h"

namespace fo1 {

// Embedding of each box's centre and size, in the order y, x, width, height, a quarter of the
// features each. boxes: [R, 4], xyxy, pixels of an image of that size. -> [R, width], float32;
// width: a multiple of 8.
at::Tensor box_embedding(const at::Tensor& boxes, Size image, int64_t width);

// What pooling gains when each cell of a [channels, H, W] map has its position's embedding added,
// the first half of the channels from y and the second from x. Pooling is linear, so the map is not
// needed: only the regions' weights on it. -> [R, channels], float32, CPU; channels: a multiple
// of 4.
at::Tensor pooled_cell_embedding(const RoiWeights& weights, int64_t channels);

}  // namespace fo1
