#include "nn/rotary.h"

#include <ATen/ATen.h>

namespace fo1 {

RotaryTable rotary_table(const at::Tensor& angles) {
  return {angles.cos(), angles.sin()};
}

at::Tensor rotary_frequencies(int64_t dim, double theta, at::Device device) {
  const auto options = at::TensorOptions().device(device).dtype(at::kFloat);
  const at::Tensor exponents = at::arange(0, dim, 2, options) / static_cast<double>(dim);
  return 1.0 / at::pow(theta, exponents);
}

at::Tensor apply_rotary(const at::Tensor& x, const RotaryTable& table) {
  const int64_t half = table.cos.size(-1);
  const at::Tensor cos = table.cos.unsqueeze(-2), sin = table.sin.unsqueeze(-2);  // [T, 1, D/2]
  const at::Tensor wide = x.to(at::kFloat);
  const at::Tensor a = wide.narrow(-1, 0, half), b = wide.narrow(-1, half, half);
  return at::cat({a * cos - b * sin, b * cos + a * sin}, -1).to(x.scalar_type());
}

}  // namespace fo1
