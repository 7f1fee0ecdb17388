// Convolution, batch normalisation, activation: the brick of convolutional networks.
#pragma once

#include "nn/activation.h"
#include "nn/linear.h"
#include "nn/norm.h"

namespace fo1 {

struct ConvNormConfig {
  int64_t in = 0, out = 0, kernel = 1, stride = 1;  // padded so that stride 1 keeps the size
  Activation activation = Activation::kNone;
  double eps = 1e-5;
  const char *conv_name = "conv", *norm_name = "norm";  // in checkpoints
};

struct ConvNormImpl : torch::nn::Module {
  ConvNormImpl(const ConvNormConfig& config, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& x);  // [B, in, H, W] -> [B, out, H', W']

  Activation activation;
  Conv2d conv{nullptr};
  BatchNorm norm{nullptr};
};
TORCH_MODULE(ConvNorm);

// A 1x1 projection per map: `0.0`, `0.1`, `1.0`, ... inside `module`.
std::vector<ConvNorm> add_projections(torch::nn::Module& module, const std::vector<int64_t>& dims,
                                      int64_t out, const at::TensorOptions& options);

}  // namespace fo1
