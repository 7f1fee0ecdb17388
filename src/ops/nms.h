// Non-maximum suppression.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "fo1/types.h"

namespace fo1 {

double intersection_over_union(const Box& a, const Box& b);

// Indices of the boxes that stay, by falling score; equal scores keep their order. A box goes when
// its intersection over union with a better one that stays exceeds `max_iou`: the float32 ratio
// against the double, so that float32(0.8) is more than 0.8. 0/0 (two empty boxes) stays.
// boxes: [N, 4], xyxy, float32; scores: [N], float32 -> [K], int64. All on the CPU.
// `most`: stop when so many stay; 0: no limit.
at::Tensor nms(const at::Tensor& boxes, const at::Tensor& scores, double max_iou,
               std::int64_t most = 0);

// The same, where only boxes of one class compete. classes: [N], int64.
at::Tensor nms_by_class(const at::Tensor& boxes, const at::Tensor& scores,
                        const at::Tensor& classes, double max_iou, std::int64_t most = 0);

// The same for boxes that are in order already, of which the first `sure` stay whatever they
// overlap.
at::Tensor nms_in_order(const at::Tensor& boxes, std::int64_t sure, double max_iou);

}  // namespace fo1
