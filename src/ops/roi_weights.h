// RoIAlign as two small matrices.
//
// The mean over a region's RoIAlign bins is linear in the feature map, and because a sample's
// validity, its clamping and its interpolation are decided per axis, it is separable:
//   pooled[r, c] = sum over y, x of rows[r, y] * columns[r, x] * map[c, y, x]
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "base/stage_types.h"

namespace fo1 {

struct RoiWeights {
  at::Tensor rows;     // [R, H], float32, CPU
  at::Tensor columns;  // [R, W], float32, CPU
};

// How regions lie on a map.
struct RoiGrid {
  Size map;          // cells
  double scale = 1;  // cells per pixel of the boxes
  int64_t bins = 7;  // per axis
};

// Throws kInvalidArgument unless boxes are float32 [R, 4] on the CPU, finite, and no coordinate is
// beyond 2^22, where float32 no longer tells samples apart.
void check_boxes(const at::Tensor& boxes);

// RoIAlign (Mask R-CNN, arXiv 1703.06870) as region encoders use it: a bin has as many samples per
// axis as it has cells, rounded up; no half-cell shift; a side is at least one cell. Samples more
// than one cell off the map count as zeros. boxes: [R, 4], xyxy, see check_boxes().
RoiWeights roi_weights(const at::Tensor& boxes, const RoiGrid& grid);

// From weights for a map that was enlarged (bilinear, align_corners false) to weights for the
// `small` map itself: the enlarged map need not exist.
RoiWeights fold_enlargement(const RoiWeights& weights, Size small);

}  // namespace fo1
