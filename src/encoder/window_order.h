// Order of merged cells for window attention. Windows of equal size stand together, so that each
// size is one batched attention over plain slices: no mask, no gather inside a layer.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace fo1 {

// `count` windows of `length` patches each, one after another.
struct WindowGroup {
  int64_t count = 0;
  int64_t length = 0;
};

struct WindowOrder {
  at::Tensor packed;     // int64 [N]: raster index of the cell at each packed place
  at::Tensor raster;     // int64 [N]: packed place of each raster cell
  at::Tensor reference;  // int64 [N]: packed places in plain window-by-window order (for tracing)
  std::vector<WindowGroup> groups;  // at most four: inner windows, right edge, bottom edge, corner
};

// A grid of rows x cols cells of `patches_per_cell` patches, cut into side x side cell windows from
// the top left. Index tensors are made on `device`.
WindowOrder window_order(int64_t rows, int64_t cols, int64_t side, int64_t patches_per_cell,
                         at::Device device);

}  // namespace fo1
