// Reads lists of boxes from JSON.
#pragma once

#include <vector>

#include "base/json.h"
#include "fo1/types.h"

namespace fo1 {

// A box is `[x1, y1, x2, y2]` or `{"box": [...], "score": s, "label": "..."}`. Throws kCorruptFile.
std::vector<Region> read_regions(const JsonView& json);

}  // namespace fo1
