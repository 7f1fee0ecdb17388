// Feed-forward blocks.
#pragma once

#include "nn/linear.h"

namespace fo1 {

// down(silu(gate(x)) * up(x)): the feed-forward of the Qwen towers and language model.
struct SwiGluImpl : torch::nn::Module {
  SwiGluImpl(int64_t dim, int64_t hidden, bool bias, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& x);  // [..., dim] -> same

  Linear gate{nullptr}, up{nullptr}, down{nullptr};
};
TORCH_MODULE(SwiGlu);

}  // namespace fo1
