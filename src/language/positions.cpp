#include "language/positions.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace fo1 {

TokenPositions positions_of(std::span<const PromptSegment> segments, int64_t first) {
  std::vector<at::Tensor> pieces;
  int64_t next = first;
  for (const PromptSegment& segment : segments) {
    if (segment.kind != PromptSegment::Kind::kImage) {
      pieces.push_back(at::arange(next, next + segment.length, at::kLong).expand({3, -1}));
      next += segment.length;
      continue;
    }
    const int64_t rows = segment.grid.height, cols = segment.grid.width;
    const at::Tensor y = at::arange(rows, at::kLong).unsqueeze(1).expand({rows, cols}).flatten();
    const at::Tensor x = at::arange(cols, at::kLong).unsqueeze(0).expand({rows, cols}).flatten();
    pieces.push_back(at::stack({at::zeros_like(y), y, x}) + next);
    next += std::max(rows, cols);
  }
  return {pieces.empty() ? at::empty({3, 0}, at::kLong) : at::cat(pieces, 1), next};
}

}  // namespace fo1
