#include "ops/roi_pool.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace fo1 {
namespace {

// A map is walked in bands of whole rows, each multiplied with the regions that reach into it:
// regions are mostly small, and neither the weights of all cells nor a float32 copy of the map ever
// exist. Fewer cells a band make products too small to be fast (measured at 512 to 8192).
// Accelerators prefer one product.
constexpr int64_t kCellsPerBand = 2048;

int64_t rows_per_band(const at::Tensor& map) {
  if (!map.is_cpu()) return map.size(2);
  return std::max<int64_t>(kCellsPerBand / map.size(3), 1);
}

// Indices of the regions with weight in these rows [R, B]: [A], int64, CPU.
at::Tensor regions_in(const at::Tensor& rows) {
  return rows.any(1).nonzero().squeeze(1);
}

// rows [A, B], columns [A, W] -> [A, B * W]
at::Tensor cell_weights(const at::Tensor& rows, const at::Tensor& columns) {
  return (rows.unsqueeze(2) * columns.unsqueeze(1)).flatten(1);
}

}  // namespace

at::Tensor roi_pool(const at::Tensor& map, const RoiWeights& weights) {
  const at::Tensor planes = map.select(0, 0);  // [C, H, W]
  const int64_t height = planes.size(1), step = rows_per_band(map);
  at::Tensor pooled =
      at::zeros({weights.rows.size(0), planes.size(0)}, planes.options().dtype(at::kFloat));
  for (int64_t top = 0; top < height; top += step) {
    const int64_t count = std::min(step, height - top);
    const at::Tensor rows = weights.rows.narrow(1, top, count);
    const at::Tensor regions = regions_in(rows);
    if (regions.numel() == 0) continue;
    const auto of_regions = [&](const at::Tensor& axis) {
      return axis.index_select(0, regions).to(map.device());
    };
    const at::Tensor cells = cell_weights(of_regions(rows), of_regions(weights.columns));
    const at::Tensor band = planes.narrow(1, top, count).flatten(1).to(at::kFloat);  // [C, B * W]
    pooled.index_add_(0, regions.to(map.device()), cells.matmul(band.t()));
  }
  return pooled;
}

}  // namespace fo1
