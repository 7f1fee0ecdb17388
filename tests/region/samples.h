// Random inputs of region pooling.
#pragma once

#include "base/stage_types.h"

namespace fo1::test {

// Boxes [R, 4] on an image of that size: whole, inside, tiny, without area, with swapped corners,
// on the border, partly or wholly outside, much larger than the image, on whole cells.
at::Tensor awkward_boxes(Size image, uint64_t seed);

// Maps [1, C_l, H_l, W_l] of normal noise; the first has `size` cells, each further one half of
// that, rounded up.
FeatureMaps noise_maps(const std::vector<int64_t>& channels, Size size, uint64_t seed);

}  // namespace fo1::test
