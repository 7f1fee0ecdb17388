#include "language/positions.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace fo1 {

TokenPositions positions_of(std::span<const PromptSegment> segments, int64_t first) {
  std::vector<int64_t> axes[3];  // temporal, vertical, horizontal
  const auto add = [&](int64_t t, int64_t y, int64_t x) {
    axes[0].push_back(t);
    axes[1].push_back(y);
    axes[2].push_back(x);
  };
  int64_t next = first;
  for (const PromptSegment& segment : segments) {
    if (segment.kind != PromptSegment::Kind::kImage) {
      for (const int64_t end = next + segment.length; next < end; ++next) add(next, next, next);
      continue;
    }
    const Size grid = segment.grid;
    for (int64_t y = 0; y < grid.height; ++y) {
      for (int64_t x = 0; x < grid.width; ++x) add(next, next + y, next + x);
    }
    next += std::max(grid.height, grid.width);
  }
  std::vector<at::Tensor> rows;
  for (const std::vector<int64_t>& axis : axes) rows.push_back(at::tensor(axis, at::kLong));
  return {at::stack(rows), next};
}

}  // namespace fo1
