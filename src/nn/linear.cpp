#include "nn/linear.h"

#include <ATen/ATen.h>

namespace fo1 {
namespace {

// Inference needs no gradients; a trainer turns them on for what it trains.
constexpr bool kRequiresGrad = false;

}  // namespace

LinearImpl::LinearImpl(int64_t in, int64_t out, bool has_bias, const at::TensorOptions& options) {
  weight = register_parameter("weight", at::empty({out, in}, options), kRequiresGrad);
  if (has_bias) bias = register_parameter("bias", at::empty({out}, options), kRequiresGrad);
}

at::Tensor LinearImpl::forward(const at::Tensor& x) {
  if (!low_rank) return at::linear(x, weight, bias);
  const at::Tensor change = at::linear(at::linear(x, low_rank->down), low_rank->up);
  return at::linear(x, weight, bias).add(change, low_rank->scale);
}

EmbeddingImpl::EmbeddingImpl(int64_t count, int64_t dim, const at::TensorOptions& options) {
  weight = register_parameter("weight", at::empty({count, dim}, options), kRequiresGrad);
}

at::Tensor EmbeddingImpl::forward(const at::Tensor& ids) {
  return at::embedding(weight, ids);
}

Conv2dImpl::Conv2dImpl(const Conv2dOptions& conv, const at::TensorOptions& options) : conv(conv) {
  weight = register_parameter(
      "weight", at::empty({conv.out, conv.in / conv.groups, conv.kernel, conv.kernel}, options),
      kRequiresGrad);
  if (conv.bias) bias = register_parameter("bias", at::empty({conv.out}, options), kRequiresGrad);
}

at::Tensor Conv2dImpl::forward(const at::Tensor& x) {
  return at::conv2d(x, weight, bias, conv.stride, conv.padding, /*dilation=*/1, conv.groups);
}

UpsampleConvImpl::UpsampleConvImpl(int64_t in, int64_t out, const at::TensorOptions& options) {
  weight = register_parameter("weight", at::empty({in, out, 2, 2}, options), kRequiresGrad);
  bias = register_parameter("bias", at::empty({out}, options), kRequiresGrad);
}

at::Tensor UpsampleConvImpl::forward(const at::Tensor& x) {
  return at::conv_transpose2d(x, weight, bias, /*stride=*/2);
}

}  // namespace fo1
