// Maps features to the language model's width: the region-language connector, and the (usually
// absent) projector of image tokens.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "nn/linear.h"

namespace fo1 {

// Kinds: "identity", "linear", "mlpNx_gelu" (a linear layer, then N-1 times GELU and a linear
// layer).
struct ProjectorImpl : torch::nn::Module {
  // Throws kUnsupported for other kinds, and for an identity between different widths.
  ProjectorImpl(const std::string& kind, int64_t in, int64_t out, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& x);  // [..., in] -> [..., out]

  std::vector<Linear> layers;
};
TORCH_MODULE(Projector);

}  // namespace fo1
