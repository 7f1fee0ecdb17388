#include "nn/norm.h"

#include <ATen/ATen.h>

namespace fo1 {

RmsNormImpl::RmsNormImpl(int64_t dim, double eps, const at::TensorOptions& options) : eps(eps) {
  weight = register_parameter("weight", at::empty({dim}, options), /*requires_grad=*/false);
}

at::Tensor RmsNormImpl::forward(const at::Tensor& x) {
  const at::Tensor wide = x.to(at::kFloat);
  const at::Tensor scale = at::rsqrt(wide.square().mean(-1, /*keepdim=*/true) + eps);
  return weight * (wide * scale).to(x.scalar_type());
}

LayerNormImpl::LayerNormImpl(int64_t dim, double eps, const at::TensorOptions& options) : eps(eps) {
  weight = register_parameter("weight", at::empty({dim}, options), /*requires_grad=*/false);
  bias = register_parameter("bias", at::empty({dim}, options), /*requires_grad=*/false);
}

at::Tensor LayerNormImpl::forward(const at::Tensor& x) {
  return at::layer_norm(x, weight.sizes(), weight, bias, eps);
}

at::Tensor ChannelNormImpl::forward(const at::Tensor& x) {
  return LayerNormImpl::forward(x.permute({0, 2, 3, 1})).permute({0, 3, 1, 2});
}

BatchNormImpl::BatchNormImpl(int64_t dim, double eps, const at::TensorOptions& options) : eps(eps) {
  weight = register_parameter("weight", at::empty({dim}, options), /*requires_grad=*/false);
  bias = register_parameter("bias", at::empty({dim}, options), /*requires_grad=*/false);
  running_mean = register_buffer("running_mean", at::empty({dim}, options));
  running_var = register_buffer("running_var", at::empty({dim}, options));
}

at::Tensor BatchNormImpl::forward(const at::Tensor& x) {
  // One scale and one shift for each channel, made in float32.
  const at::Tensor scale = weight.to(at::kFloat) * at::rsqrt(running_var.to(at::kFloat) + eps);
  const at::Tensor shift = bias.to(at::kFloat) - running_mean.to(at::kFloat) * scale;
  const auto per_channel = [&](const at::Tensor& values) {
    return values.to(x.scalar_type()).view({1, -1, 1, 1});
  };
  return at::addcmul(per_channel(shift), x, per_channel(scale));
}

}  // namespace fo1
