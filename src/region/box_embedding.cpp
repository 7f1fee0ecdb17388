#include "region/box_embedding.h"

#include <ATen/ATen.h>

#include <numbers>

namespace fo1 {
namespace {

constexpr double kTemperature = 10000.0;

// Sine and cosine of each wavelength, alternating. positions: [n], 1 being a whole side of the
// image; exponents: [f] -> [n, 2f]
at::Tensor sine_embedding(const at::Tensor& positions, const at::Tensor& exponents) {
  const at::Tensor wavelengths = at::pow(kTemperature, exponents);
  const at::Tensor angles = (positions * (2 * std::numbers::pi)).unsqueeze(1) / wavelengths;
  return at::stack({angles.sin(), angles.cos()}, -1).flatten(1);
}

// One coordinate of the boxes: [R] -> [R, features]
at::Tensor coordinate_embedding(const at::Tensor& values, int64_t features) {
  const at::Tensor exponents = at::arange(0, features, 2, values.options());
  return sine_embedding(values, exponents / static_cast<double>(features));
}

// One axis of a map: [cells, features]. Unlike a coordinate's, its wavelengths come in equal pairs.
at::Tensor cell_embedding(int64_t cells, int64_t features, const at::TensorOptions& options) {
  const at::Tensor positions = at::arange(cells, options) / static_cast<double>(cells);
  const at::Tensor exponents = at::arange(features / 2, options).div(2, "floor") * 2;
  return sine_embedding(positions, exponents / static_cast<double>(features / 2));
}

}  // namespace

at::Tensor box_embedding(const at::Tensor& boxes, Size image, int64_t width) {
  const auto side = boxes.unbind(1);  // x1, y1, x2, y2
  const auto across = static_cast<double>(image.width), down = static_cast<double>(image.height);
  const at::Tensor coordinates[] = {
      (side[1] + side[3]) / (2 * down),
      (side[0] + side[2]) / (2 * across),
      (side[2] - side[0]) / across,
      (side[3] - side[1]) / down,
  };
  std::vector<at::Tensor> parts;
  for (const at::Tensor& values : coordinates) {
    parts.push_back(coordinate_embedding(values, width / 4));
  }
  return at::cat(parts, 1);
}

at::Tensor pooled_cell_embedding(const RoiWeights& weights, int64_t channels) {
  const auto pooled_along = [channels](const at::Tensor& axis) {  // [R, cells] -> [R, channels / 2]
    return axis.matmul(cell_embedding(axis.size(1), channels / 2, axis.options()));
  };
  // Samples off the map weaken both axes' sums, not only their own.
  const at::Tensor from_y = pooled_along(weights.rows) * weights.columns.sum(1, /*keepdim=*/true);
  const at::Tensor from_x = pooled_along(weights.columns) * weights.rows.sum(1, /*keepdim=*/true);
  return at::cat({from_y, from_x}, 1);
}

}  // namespace fo1
