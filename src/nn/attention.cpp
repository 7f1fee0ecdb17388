#include "nn/attention.h"

#include <ATen/ATen.h>

namespace fo1 {

at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, int64_t heads,
                     const std::optional<at::Tensor>& mask) {
  const auto split = [&](const at::Tensor& x) {
    return x.unflatten(-1, {heads, -1}).transpose(1, 2);  // [B, heads, T, D]
  };
  return at::scaled_dot_product_attention(split(q), split(k), split(v), mask)
      .transpose(1, 2)
      .flatten(2);
}

}  // namespace fo1
