// Pieces of a picture.
#pragma once

#include <vector>

#include "base/stage_types.h"

namespace fo1 {

struct TileRect {
  std::int64_t left = 0, top = 0;
  Size size;
};

// Squares of `side` that cover the picture evenly, each sharing at least `overlap` of its side with
// the next, row by row. None when the picture is no larger than one.
std::vector<TileRect> tile_rects(Size picture, std::int64_t side, double overlap);

// Whether an edge of the tile that lies inside the picture cuts (touches) the box, xyxy in pixels
// of the tile.
bool is_cut(const TileRect& tile, Size picture, const float box[4]);

}  // namespace fo1
