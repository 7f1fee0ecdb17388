// Where the labels of a drawing go. Plain geometry, no pixels.
#pragma once

#include <optional>
#include <vector>

#include "base/stage_types.h"
#include "fo1/types.h"

namespace fo1 {

// A place for each box's label of size labels[i]: at one of its box's edges, inside the canvas,
// over no other label, hiding as little as possible of all boxes. Small boxes choose first. None
// where every place is taken or would hide too much. Corners of `boxes` are in order and inside the
// canvas.
std::vector<std::optional<Box>> place_labels(const std::vector<Box>& boxes,
                                             const std::vector<Size>& labels, Size canvas);

}  // namespace fo1
