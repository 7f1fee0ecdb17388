#include "encoder/window_order.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace fo1 {
namespace {

struct Window {
  int64_t top, left, rows, cols;
};

std::vector<Window> cut_windows(int64_t rows, int64_t cols, int64_t side) {
  std::vector<Window> windows;
  for (int64_t top = 0; top < rows; top += side) {
    for (int64_t left = 0; left < cols; left += side) {
      windows.push_back({top, left, std::min(side, rows - top), std::min(side, cols - left)});
    }
  }
  return windows;
}

std::vector<int64_t> inverse(const std::vector<int64_t>& order) {
  std::vector<int64_t> places(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) places[order[i]] = static_cast<int64_t>(i);
  return places;
}

// Raster indexes of the cells, window by window.
std::vector<int64_t> cells_of(const std::vector<Window>& windows, int64_t cols) {
  std::vector<int64_t> cells;
  for (const Window& window : windows) {
    for (int64_t y = 0; y < window.rows; ++y) {
      for (int64_t x = 0; x < window.cols; ++x) {
        cells.push_back((window.top + y) * cols + window.left + x);
      }
    }
  }
  return cells;
}

at::Tensor index_tensor(const std::vector<int64_t>& values, at::Device device) {
  return at::tensor(values, at::kLong).to(device);
}

}  // namespace

WindowOrder window_order(int64_t rows, int64_t cols, int64_t side, int64_t patches_per_cell,
                         at::Device device) {
  const std::vector<Window> windows = cut_windows(rows, cols, side);
  std::vector<Window> sorted = windows;
  const auto shape = [](const Window& window) { return std::pair(window.rows, window.cols); };
  std::stable_sort(sorted.begin(), sorted.end(),
                   [&](const Window& a, const Window& b) { return shape(a) > shape(b); });

  WindowOrder order;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const int64_t length = sorted[i].rows * sorted[i].cols * patches_per_cell;
    if (i == 0 || shape(sorted[i]) != shape(sorted[i - 1])) order.groups.push_back({0, length});
    ++order.groups.back().count;
  }
  const std::vector<int64_t> packed = cells_of(sorted, cols);
  const std::vector<int64_t> raster = inverse(packed);
  std::vector<int64_t> reference = cells_of(windows, cols);
  for (int64_t& cell : reference) cell = raster[cell];

  order.packed = index_tensor(packed, device);
  order.raster = index_tensor(raster, device);
  order.reference = index_tensor(reference, device);
  return order;
}

}  // namespace fo1
