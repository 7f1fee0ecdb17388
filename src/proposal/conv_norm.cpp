#include "proposal/conv_norm.h"

#include <ATen/ATen.h>

#include <string>

namespace fo1 {

ConvNormImpl::ConvNormImpl(const ConvNormConfig& config, const at::TensorOptions& options)
    : activation(config.activation) {
  const Conv2dOptions sizes{.in = config.in,
                            .out = config.out,
                            .kernel = config.kernel,
                            .stride = config.stride,
                            .padding = (config.kernel - 1) / 2,
                            .bias = false};
  conv = register_module(config.conv_name, Conv2d(sizes, options));
  norm = register_module(config.norm_name, BatchNorm(config.out, config.eps, options));
}

at::Tensor ConvNormImpl::forward(const at::Tensor& x) {
  return activate(activation, norm(conv(x)));
}

std::vector<ConvNorm> add_projections(torch::nn::Module& module, const std::vector<int64_t>& dims,
                                      int64_t out, const at::TensorOptions& options) {
  std::vector<ConvNorm> projections;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    const ConvNormConfig config{.in = dims[i], .out = out, .conv_name = "0", .norm_name = "1"};
    projections.push_back(module.register_module(std::to_string(i), ConvNorm(config, options)));
  }
  return projections;
}

}  // namespace fo1
