#include "proposal/tiles.h"

#include <algorithm>
#include <cmath>

namespace fo1 {
namespace {

// A box this near to an edge ends there because the tile does.
constexpr double kTouch = 0.01;  // of the tile's side

// Evenly spread starts of pieces of `side` along a line.
std::vector<std::int64_t> starts(std::int64_t length, std::int64_t side, double overlap) {
  if (length <= side) return {0};
  const double step = std::max(static_cast<double>(side) * (1 - overlap), 1.0);
  const auto gaps = static_cast<std::int64_t>(std::ceil(static_cast<double>(length - side) / step));
  std::vector<std::int64_t> result;
  for (std::int64_t i = 0; i <= gaps; ++i) result.push_back((length - side) * i / gaps);
  return result;
}

}  // namespace

std::vector<TileRect> tile_rects(Size picture, std::int64_t side, double overlap) {
  std::vector<TileRect> tiles;
  if (picture.width <= side && picture.height <= side) return tiles;
  const Size size{std::min(side, picture.width), std::min(side, picture.height)};
  for (const std::int64_t top : starts(picture.height, side, overlap)) {
    for (const std::int64_t left : starts(picture.width, side, overlap)) {
      tiles.push_back({left, top, size});
    }
  }
  return tiles;
}

bool is_cut(const TileRect& tile, Size picture, const float box[4]) {
  const auto cut = [](std::int64_t start, std::int64_t side, std::int64_t length, float low,
                      float high) {
    const double margin = kTouch * static_cast<double>(side);
    const bool at_start = start > 0 && low <= margin;
    const bool at_end = start + side < length && high >= static_cast<double>(side) - margin;
    return at_start || at_end;
  };
  return cut(tile.left, tile.size.width, picture.width, box[0], box[2]) ||
         cut(tile.top, tile.size.height, picture.height, box[1], box[3]);
}

}  // namespace fo1
