// Region pooling written as it is defined, to judge the linear form by: enlarge, concatenate,
// sample, average.
#pragma once

#include "base/stage_types.h"
#include "ops/roi_weights.h"

namespace fo1::test {

// RoIAlign with adaptive sampling, unaligned, then the mean over the bins.
// map: [1, C, H, W], float32, CPU -> [R, C]
at::Tensor literal_roi_pool(const at::Tensor& map, const at::Tensor& boxes, double scale,
                            int64_t bins);

// All maps enlarged (bilinear) to the first one's size and concatenated, then pooled.
at::Tensor literal_pool_enlarged(const FeatureMaps& maps, const at::Tensor& boxes, double scale,
                                 int64_t bins);

}  // namespace fo1::test
