#include "ops/roi_pool.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace fo1 {
namespace {

// Fewer cells a band make products too small to be fast (measured at 512 to 8192).
constexpr int64_t kCellsPerBand = 2048;

// Indices of the regions with weight in these rows [R, B]: [A], int64, CPU.
at::Tensor regions_in(const at::Tensor& rows) {
  return rows.any(1).nonzero().squeeze(1);
}

// rows [..., B], columns [..., W] -> [..., B * W]
at::Tensor cell_weights(const at::Tensor& rows, const at::Tensor& columns) {
  return (rows.unsqueeze(-1) * columns.unsqueeze(-2)).flatten(-2);
}

// planes: [C, H, W] -> [R, C]
at::Tensor pool_one(const at::Tensor& planes, const RoiWeights& weights) {
  const int64_t height = planes.size(1);
  const int64_t step = std::max<int64_t>(kCellsPerBand / planes.size(2), 1);
  at::Tensor pooled =
      at::zeros({weights.rows.size(0), planes.size(0)}, planes.options().dtype(at::kFloat));
  for (int64_t top = 0; top < height; top += step) {
    const int64_t count = std::min(step, height - top);
    const at::Tensor rows = weights.rows.narrow(1, top, count);
    const at::Tensor regions = regions_in(rows);
    if (regions.numel() == 0) continue;
    const at::Tensor cells =
        cell_weights(rows.index_select(0, regions), weights.columns.index_select(0, regions));
    const at::Tensor band = planes.narrow(1, top, count).flatten(1).to(at::kFloat);  // [C, B * W]
    pooled.index_add_(0, regions, cells.matmul(band.t()));
  }
  return pooled;
}

// Where the regions of each picture are among pictures padded to `most` regions.
at::Tensor places_of(at::IntArrayRef counts, int64_t most) {
  std::vector<at::Tensor> places;
  for (std::size_t b = 0; b < counts.size(); ++b) {
    const auto first = static_cast<int64_t>(b) * most;
    places.push_back(at::arange(first, first + counts[b], at::kLong));
  }
  return at::cat(places);
}

}  // namespace

at::Tensor roi_pool_in_bands(const at::Tensor& map, const RoiWeights& weights,
                             at::IntArrayRef counts) {
  std::vector<at::Tensor> pooled;
  int64_t first = 0;
  for (int64_t b = 0; b < map.size(0); ++b) {
    const int64_t count = counts[static_cast<std::size_t>(b)];
    const RoiWeights own = {weights.rows.narrow(0, first, count),
                            weights.columns.narrow(0, first, count)};
    pooled.push_back(pool_one(map.select(0, b), own));
    first += count;
  }
  return pooled.size() == 1 ? pooled.front() : at::cat(pooled);
}

at::Tensor roi_pool_at_once(const at::Tensor& map, const RoiWeights& weights,
                            at::IntArrayRef counts) {
  const auto padded = [&](const at::Tensor& axis) {  // [B, M, cells]
    return at::pad_sequence(axis.split_with_sizes(counts), /*batch_first=*/true).to(map.device());
  };
  const at::Tensor cells = cell_weights(padded(weights.rows), padded(weights.columns));
  const at::Tensor planes = map.flatten(2).to(at::kFloat);      // [B, C, H * W]
  const at::Tensor pooled = cells.bmm(planes.transpose(1, 2));  // [B, M, C]
  const at::Tensor places = places_of(counts, pooled.size(1)).to(map.device());
  return pooled.flatten(0, 1).index_select(0, places);
}

at::Tensor roi_pool(const at::Tensor& map, const RoiWeights& weights, at::IntArrayRef counts) {
  const int64_t all[] = {weights.rows.size(0)};
  if (counts.empty()) counts = all;
  return map.is_cpu() ? roi_pool_in_bands(map, weights, counts)
                      : roi_pool_at_once(map, weights, counts);
}

}  // namespace fo1
