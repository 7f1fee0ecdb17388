// Resizing of 8-bit RGB, bit for bit as Pillow 13 does it.
#pragma once

#include <ATen/core/Tensor.h>

#include "base/stage_types.h"

namespace fo1 {

enum class ResampleFilter { kBilinear, kBicubic };

// rgb: [H, W, 3] uint8, contiguous -> [size.height, size.width, 3] uint8. Antialiased: shrinking
// widens the filter. Width and height are changed one after the other, each pass rounding to 8
// bits; a side that keeps its size is not touched. (ATen's uint8 resize differs by 1 here and
// there: it keeps its weights in 16 bits.)
at::Tensor resample(const at::Tensor& rgb, Size size, ResampleFilter filter);

}  // namespace fo1
