#include "region/simple_fpn.h"

#include <ATen/ATen.h>

#include <string>

namespace fo1 {
namespace {

constexpr double kNormEps = 1e-6;

}  // namespace

NormedConvImpl::NormedConvImpl(const Conv2dOptions& conv, const at::TensorOptions& options)
    : Conv2dImpl(conv, options) {
  norm = register_module("norm", ChannelNorm(conv.out, kNormEps, options));
}

at::Tensor NormedConvImpl::forward(const at::Tensor& x) {
  return norm(Conv2dImpl::forward(x));
}

PyramidLevelImpl::PyramidLevelImpl(double scale, int64_t in, int64_t out,
                                   const at::TensorOptions& options)
    : halves(scale < 1) {
  int place = 0;
  const auto next_name = [&place] { return std::to_string(place++); };
  int64_t dim = in;
  if (halves) next_name();  // the pooling has no weights
  if (scale >= 2) {
    up = register_module(next_name(), UpsampleConv(dim, dim / 2, options));
    dim /= 2;
  }
  if (scale >= 4) {
    up_norm = register_module(next_name(), ChannelNorm(dim, kNormEps, options));
    next_name();  // nor has GELU
    up_again = register_module(next_name(), UpsampleConv(dim, dim / 2, options));
    dim /= 2;
  }
  const Conv2dOptions narrow{.in = dim, .out = out, .bias = false};
  const Conv2dOptions wide{.in = out, .out = out, .kernel = 3, .padding = 1, .bias = false};
  reduce = register_module(next_name(), NormedConv(narrow, options));
  smooth = register_module(next_name(), NormedConv(wide, options));
}

at::Tensor PyramidLevelImpl::forward(const at::Tensor& x) {
  at::Tensor resized = halves ? at::max_pool2d(x, /*kernel_size=*/2) : x;
  if (up) resized = up(resized);
  if (up_again) resized = up_again(at::gelu(up_norm(resized)));
  return smooth(reduce(resized));
}

SimpleFpnImpl::SimpleFpnImpl(int64_t in, int64_t out, const at::TensorOptions& options) {
  for (const double scale : kPyramidScales) {
    const std::string name = "simfp_" + std::to_string(levels.size() + 1);
    levels.push_back(register_module(name, PyramidLevel(scale, in, out, options)));
  }
}

FeatureMaps SimpleFpnImpl::forward(const at::Tensor& x) {
  FeatureMaps maps;
  for (PyramidLevel& level : levels) maps.push_back(level(x));
  return maps;
}

}  // namespace fo1
