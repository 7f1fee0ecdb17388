// Simple feature pyramid (ViTDet, arXiv 2203.16527): one map of a plain transformer at four scales.
#pragma once

#include <array>

#include "base/stage_types.h"
#include "nn/linear.h"
#include "nn/norm.h"

namespace fo1 {

// Size of each pyramid map relative to the map it is made from, in order.
inline constexpr std::array kPyramidScales = {4.0, 2.0, 1.0, 0.5};

// A convolution without bias whose output is normalised over its channels.
struct NormedConvImpl : Conv2dImpl {
  NormedConvImpl(const Conv2dOptions& conv, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& x);  // [B, in, H, W] -> [B, out, H', W']

  ChannelNorm norm{nullptr};
};
TORCH_MODULE(NormedConv);

// Resize, reduce to the pyramid's width, smooth. The children are named by their place in that
// sequence.
struct PyramidLevelImpl : torch::nn::Module {
  PyramidLevelImpl(double scale, int64_t in, int64_t out, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& x);  // [1, in, H, W] -> [1, out, scale * H, scale * W]

  bool halves = false;
  UpsampleConv up{nullptr};        // scale 2 and 4
  ChannelNorm up_norm{nullptr};    // scale 4, followed by GELU
  UpsampleConv up_again{nullptr};  // scale 4
  NormedConv reduce{nullptr};      // 1x1
  NormedConv smooth{nullptr};      // 3x3
};
TORCH_MODULE(PyramidLevel);

struct SimpleFpnImpl : torch::nn::Module {
  SimpleFpnImpl(int64_t in, int64_t out, const at::TensorOptions& options);
  FeatureMaps forward(const at::Tensor& x);  // [1, in, H, W] -> one map per scale

  std::vector<PyramidLevel> levels;
};
TORCH_MODULE(SimpleFpn);

}  // namespace fo1
