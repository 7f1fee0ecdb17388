// Which size a picture gets on its way into the encoders. Pure integer rules.
#pragma once

#include <cstdint>

#include "base/stage_types.h"

namespace fo1 {

// A side under 28 px becomes 28; the other stays.
Size enlarge_small_sides(Size size);

// Longest side over 2048 px: both sides times 2048/longest, truncated, but never under 28.
Size limit_long_side(Size size);

// The size rule of Qwen2-VL's image processor.
struct PixelBudget {
  std::int64_t factor = 28;  // sides become multiples of it
  std::int64_t min_pixels = 3136;
  std::int64_t max_pixels = 1003520;
};
// Sides to the nearest multiple (half to even); when the area leaves the budget, both sides scaled
// by the root of the ratio and cut down (or filled up) to multiples. Throws kUnsupported for a side
// under `factor` and for sides whose ratio exceeds 200.
Size smart_resize(Size size, const PixelBudget& budget);

// Of the squares the auxiliary encoder was trained on, the one whose area is nearest.
Size nearest_square(Size size);

}  // namespace fo1
