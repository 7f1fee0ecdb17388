// Boxes in pixels of the picture file, moved along with the picture into both encoders' pixels.
#pragma once

#include <vector>

#include "base/stage_types.h"
#include "fo1/types.h"

namespace fo1 {

// Throws kInvalidArgument naming boxes[i] when a coordinate is not finite.
void require_finite(const std::vector<Box>& boxes);

// [N, 4], float32.
at::Tensor box_tensor(const std::vector<Box>& boxes);

// Boxes of a picture of size `from` on its copy of size `to`.
std::vector<Box> scale_boxes(std::vector<Box> boxes, Size from, Size to);

// Clipped to the picture `from`, then moved to its copy of size `to`. Corners in the wrong order
// stay so.
std::vector<Box> clip_and_scale_boxes(std::vector<Box> boxes, Size from, Size to);

// Boxes in pixels of the picture as the caller gave it. They follow the 2048 px rule; the 28 px
// rule moves none, as the model was trained. Arithmetic is double until the auxiliary boxes become
// float32. Throws kInvalidArgument naming boxes[i] when a coordinate is not finite.
PreparedBoxes prepare_boxes(const std::vector<Box>& boxes, const PreparedImage& image);

}  // namespace fo1
