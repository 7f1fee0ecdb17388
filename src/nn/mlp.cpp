#include "nn/mlp.h"

#include <ATen/ATen.h>

namespace fo1 {

SwiGluImpl::SwiGluImpl(int64_t dim, int64_t hidden, bool bias, const at::TensorOptions& options) {
  gate = register_module("gate_proj", Linear(dim, hidden, bias, options));
  up = register_module("up_proj", Linear(dim, hidden, bias, options));
  down = register_module("down_proj", Linear(hidden, dim, bias, options));
}

at::Tensor SwiGluImpl::forward(const at::Tensor& x) {
  return down(at::silu(gate(x)).mul_(up(x)));
}

}  // namespace fo1
