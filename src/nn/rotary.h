// Rotary position embedding (RoFormer, arXiv 2104.09864), the "rotate half" form.
#pragma once

#include <ATen/core/Tensor.h>

namespace fo1 {

// cos and sin of each position's angles, float32: bfloat16 loses integers above 256.
struct RotaryTable {
  at::Tensor cos, sin;  // [..., T, D/2]
};

RotaryTable rotary_table(const at::Tensor& angles);  // [..., T, D/2] float32

// Inverse frequencies theta^(-2i/dim) for i in [0, dim/2). float32.
at::Tensor rotary_frequencies(int64_t dim, double theta, at::Device device);

// x [..., T, H, D]: feature i < D/2 is paired with i + D/2. Computed in float32.
at::Tensor apply_rotary(const at::Tensor& x, const RotaryTable& table);

}  // namespace fo1
