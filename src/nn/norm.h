// Normalisation layers.
#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

namespace fo1 {

// x / rms(x) * weight over the last dimension; statistics in float32 whatever the dtype.
struct RmsNormImpl : torch::nn::Module {
  RmsNormImpl(int64_t dim, double eps, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& x);  // [..., dim] -> same

  double eps;
  at::Tensor weight;  // [dim]
};
TORCH_MODULE(RmsNorm);

struct LayerNormImpl : torch::nn::Module {
  LayerNormImpl(int64_t dim, double eps, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& x);  // [..., dim] -> same

  double eps;
  at::Tensor weight, bias;  // [dim]
};
TORCH_MODULE(LayerNorm);

// LayerNorm over the channels of a feature map.
struct ChannelNormImpl : LayerNormImpl {
  using LayerNormImpl::LayerNormImpl;
  at::Tensor forward(const at::Tensor& x);  // [B, dim, H, W] -> same
};
TORCH_MODULE(ChannelNorm);

// At inference: each channel of a feature map by the statistics that training left.
struct BatchNormImpl : torch::nn::Module {
  BatchNormImpl(int64_t dim, double eps, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& x);  // [B, dim, H, W] -> same

  double eps;
  at::Tensor weight, bias;               // [dim]
  at::Tensor running_mean, running_var;  // [dim]
};
TORCH_MODULE(BatchNorm);

}  // namespace fo1
