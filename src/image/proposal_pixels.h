// Pixels for a proposal network.
#pragma once

#include "base/stage_types.h"

namespace fo1 {

// The short side becomes `short_side`, unless the long one would exceed `long_side`: then as much
// as that allows, rounded (half to even). A picture whose short side already has that size stays.
// Sides are cut down to whole pixels, so a thin picture may exceed `long_side`; none becomes 0.
Size fit_short_side(Size picture, std::int64_t short_side, std::int64_t long_side);

// rgb: [H, W, 3] uint8 -> [1, 3, H', W'], float32, CPU. Throws kUnsupported when the resized
// picture would be too large to work on (thin pictures grow).
at::Tensor proposal_pixels(const at::Tensor& rgb, const PictureRule& rule);

}  // namespace fo1
