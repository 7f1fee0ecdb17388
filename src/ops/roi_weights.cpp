#include "ops/roi_weights.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace fo1 {
namespace {

constexpr float kLargestCoordinate = 1 << 22;

// The samples of one region along one axis, in cells. float32 and the order of operations are
// RoIAlign's: anything else rounds a sample across a cell border now and then.
class AxisSamples {
 public:
  AxisSamples(float low, float high, const RoiGrid& grid) {
    const auto scale = static_cast<float>(grid.scale);
    start_ = low * scale;
    const float side = std::max(high * scale - start_, 1.0f);
    bin_size_ = side / static_cast<float>(grid.bins);
    per_bin_ = static_cast<int64_t>(std::ceil(bin_size_));
    count_ = grid.bins * per_bin_;
  }

  int64_t count() const { return count_; }

  float position(int64_t k) const {
    const auto bin = static_cast<float>(k / per_bin_), step = static_cast<float>(k % per_bin_);
    return start_ + bin * bin_size_ + (step + 0.5f) * bin_size_ / static_cast<float>(per_bin_);
  }

  // About the first sample at or behind `cell`; exact to a cell.
  int64_t near(int64_t cell) const {
    const double spacing = static_cast<double>(bin_size_) / static_cast<double>(per_bin_);
    const double k = (static_cast<double>(cell) - start_) / spacing;
    return static_cast<int64_t>(std::clamp(k, 0.0, static_cast<double>(count_)));
  }

 private:
  float start_ = 0, bin_size_ = 0;
  int64_t per_bin_ = 1, count_ = 0;
};

// Linear interpolation at `position`, added with `weight` to the cells it reads.
void add_sample(float position, double weight, double* cells, int64_t size) {
  if (position < -1.0f || position > static_cast<float>(size)) return;
  const float inside = std::max(position, 0.0f);
  const auto low = static_cast<int64_t>(inside);
  if (low >= size - 1) {
    cells[size - 1] += weight;
    return;
  }
  const double fraction = inside - static_cast<float>(low);
  cells[low] += weight * (1.0 - fraction);
  cells[low + 1] += weight * fraction;
}

// Of a region much larger than the map, only the samples near the map are visited.
constexpr int64_t kMargin = 3;

// boxes [R, 4], corner `low` = 0 (x) or 1 (y) -> [R, size]
at::Tensor axis_weights(const at::Tensor& boxes, int64_t low, int64_t size, const RoiGrid& grid) {
  const at::Tensor weights = at::zeros({boxes.size(0), size}, boxes.options().dtype(at::kDouble));
  const auto box = boxes.accessor<float, 2>();
  for (int64_t r = 0; r < boxes.size(0); ++r) {
    const AxisSamples samples(box[r][low], box[r][low + 2], grid);
    const double share = 1.0 / static_cast<double>(samples.count());
    double* cells = weights.data_ptr<double>() + r * size;
    for (int64_t k = samples.near(-kMargin); k < samples.near(size + kMargin); ++k) {
      add_sample(samples.position(k), share, cells, size);
    }
  }
  return weights.to(at::kFloat);
}

// The transpose of the enlargement is its derivative. weights [R, large] -> [R, small]
at::Tensor fold_axis(const at::Tensor& weights, int64_t small) {
  if (weights.numel() == 0) return weights.new_zeros({weights.size(0), small});
  return at::upsample_linear1d_backward(weights.unsqueeze(0), {weights.size(1)},
                                        {1, weights.size(0), small}, /*align_corners=*/false)
      .squeeze(0);
}

}  // namespace

void check_boxes(const at::Tensor& boxes) {
  if (boxes.dim() != 2 || boxes.size(1) != 4 || boxes.scalar_type() != at::kFloat ||
      !boxes.is_cpu()) {
    fail(ErrorCode::kInvalidArgument, "boxes: expected float32 [R, 4] on the CPU, got ",
         boxes.toString(), " ", boxes.sizes());
  }
  const auto box = boxes.accessor<float, 2>();
  for (int64_t r = 0; r < boxes.size(0); ++r) {
    for (int64_t k = 0; k < 4; ++k) {
      if (!(std::abs(box[r][k]) <= kLargestCoordinate)) {
        fail(ErrorCode::kInvalidArgument, "boxes[", r, "][", k,
             "]: expected a pixel coordinate, got ", box[r][k]);
      }
    }
  }
}

RoiWeights roi_weights(const at::Tensor& boxes, const RoiGrid& grid) {
  check_boxes(boxes);
  return {axis_weights(boxes, 1, grid.map.height, grid),
          axis_weights(boxes, 0, grid.map.width, grid)};
}

RoiWeights fold_enlargement(const RoiWeights& weights, Size small) {
  return {fold_axis(weights.rows, small.height), fold_axis(weights.columns, small.width)};
}

}  // namespace fo1
