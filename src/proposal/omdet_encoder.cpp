#include "proposal/omdet_encoder.h"

#include <ATen/ATen.h>

#include <memory>
#include <optional>
#include <string>

#include "nn/attention.h"

namespace fo1 {
namespace {

constexpr int64_t kRepBlocks = 3;

}  // namespace

OmDetAttentionImpl::OmDetAttentionImpl(int64_t dim, int64_t heads, const at::TensorOptions& options)
    : heads(heads) {
  query = register_module("query", Linear(dim, dim, true, options));
  key = register_module("key", Linear(dim, dim, true, options));
  value = register_module("value", Linear(dim, dim, true, options));
  out_proj = register_module("out_proj", Linear(dim, dim, true, options));
}

at::Tensor OmDetAttentionImpl::forward(const at::Tensor& x, const at::Tensor& values,
                                       const at::Tensor& mask) {
  const auto visible = mask.defined() ? std::optional(mask) : std::nullopt;
  return out_proj(attention(query(x), key(x), value(values), heads, visible));
}

at::Tensor grid_embedding(Size map, int64_t dim, double temperature,
                          const at::TensorOptions& options) {
  const auto floats = options.dtype(at::kFloat);
  const int64_t features = dim / 4;
  const at::Tensor frequency =
      1 / at::pow(temperature, at::arange(features, floats) / static_cast<double>(features));
  const auto angles = [&](int64_t side) {
    return at::arange(side, floats).unsqueeze(1) * frequency;  // [side, features]
  };
  const at::Tensor column = angles(map.width).unsqueeze(1).expand({-1, map.height, -1});
  const at::Tensor row = angles(map.height).unsqueeze(0).expand({map.width, -1, -1});
  return at::cat({column.sin(), column.cos(), row.sin(), row.cos()}, -1)  // [W, H, dim]
      .flatten(0, 1)
      .to(options.dtype());
}

OmDetEncoderLayerImpl::OmDetEncoderLayerImpl(const OmDetEncoderConfig& config,
                                             const at::TensorOptions& options)
    : activation(config.feedforward_activation) {
  const int64_t dim = config.dim;
  self_attn = register_module("self_attn", OmDetAttention(dim, config.heads, options));
  self_attn_layer_norm =
      register_module("self_attn_layer_norm", LayerNorm(dim, config.layer_norm_eps, options));
  fc1 = register_module("fc1", Linear(dim, config.hidden, true, options));
  fc2 = register_module("fc2", Linear(config.hidden, dim, true, options));
  final_layer_norm =
      register_module("final_layer_norm", LayerNorm(dim, config.layer_norm_eps, options));
}

at::Tensor OmDetEncoderLayerImpl::forward(const at::Tensor& x, const at::Tensor& position) {
  const at::Tensor placed = position.defined() ? x + position : x;
  const at::Tensor looked = self_attn_layer_norm(x + self_attn(placed, x));
  return final_layer_norm(looked + fc2(activate(activation, fc1(looked))));
}

RepBlockImpl::RepBlockImpl(const OmDetEncoderConfig& config, const at::TensorOptions& options)
    : activation(config.csp_activation) {
  ConvNormConfig conv{.in = config.csp_dim, .out = config.csp_dim, .eps = config.batch_norm_eps};
  conv.kernel = 3;
  conv1 = register_module("conv1", ConvNorm(conv, options));
  conv.kernel = 1;
  conv2 = register_module("conv2", ConvNorm(conv, options));
}

at::Tensor RepBlockImpl::forward(const at::Tensor& x) {
  return activate(activation, conv1(x).add_(conv2(x)));
}

CspBlockImpl::CspBlockImpl(const OmDetEncoderConfig& config, const at::TensorOptions& options) {
  ConvNormConfig conv{.in = 2 * config.dim,
                      .out = config.csp_dim,
                      .activation = config.csp_activation,
                      .eps = config.batch_norm_eps};
  conv1 = register_module("conv1", ConvNorm(conv, options));
  conv2 = register_module("conv2", ConvNorm(conv, options));
  const auto list = register_module("bottlenecks", std::make_shared<torch::nn::Module>());
  for (int64_t i = 0; i < kRepBlocks; ++i) {
    bottlenecks.push_back(list->register_module(std::to_string(i), RepBlock(config, options)));
  }
  if (config.csp_dim == config.dim) return;
  conv.in = config.csp_dim;
  conv.out = config.dim;
  conv3 = register_module("conv3", ConvNorm(conv, options));
}

at::Tensor CspBlockImpl::forward(const at::Tensor& a, const at::Tensor& b) {
  const at::Tensor both = at::cat({a, b}, 1);
  at::Tensor x = conv1(both);
  for (RepBlock& block : bottlenecks) x = block(x);
  x.add_(conv2(both));
  return conv3 ? conv3(x) : x;
}

OmDetEncoderImpl::OmDetEncoderImpl(OmDetEncoderConfig config_, const at::TensorOptions& options)
    : config(std::move(config_)) {
  const auto add_list = [&](const char* name) {
    return register_module(name, std::make_shared<torch::nn::Module>());
  };
  channel_projection_layers =
      add_projections(*add_list("channel_projection_layers"), config.in_dims, config.dim, options);
  const auto encoders = add_list("encoder");
  for (std::size_t i = 0; i < config.transformed.size(); ++i) {
    const auto list =
        encoders->register_module(std::to_string(i), std::make_shared<torch::nn::Module>())
            ->register_module("layers", std::make_shared<torch::nn::Module>());
    auto& layers = transformers.emplace_back();
    for (int64_t l = 0; l < config.layers; ++l) {
      layers.push_back(
          list->register_module(std::to_string(l), OmDetEncoderLayer(config, options)));
    }
  }
  const auto lateral = add_list("lateral_convs"), fpn = add_list("fpn_blocks"),
             downsample = add_list("downsample_convs"), pan = add_list("pan_blocks");
  ConvNormConfig conv{.in = config.dim,
                      .out = config.dim,
                      .activation = config.conv_activation,
                      .eps = config.batch_norm_eps};
  ConvNormConfig halving = conv;
  halving.kernel = 3;
  halving.stride = 2;
  for (std::size_t i = 0; i + 1 < config.in_dims.size(); ++i) {
    const std::string name = std::to_string(i);
    lateral_convs.push_back(lateral->register_module(name, ConvNorm(conv, options)));
    fpn_blocks.push_back(fpn->register_module(name, CspBlock(config, options)));
    downsample_convs.push_back(downsample->register_module(name, ConvNorm(halving, options)));
    pan_blocks.push_back(pan->register_module(name, CspBlock(config, options)));
  }
}

void OmDetEncoderImpl::transform(std::size_t index, at::Tensor& map, const Control& control) {
  const Size size{map.size(3), map.size(2)};
  const at::Tensor position =
      config.position ? grid_embedding(size, config.dim, config.temperature, map.options())
                      : at::Tensor();
  at::Tensor tokens = map.flatten(2).transpose(1, 2);  // [B, H*W, C]
  for (OmDetEncoderLayer& layer : transformers[index]) {
    control.step("propose");
    tokens = layer(tokens, position);
  }
  map = tokens.transpose(1, 2).unflatten(2, {size.height, size.width});
}

void OmDetEncoderImpl::join_downwards(FeatureMaps& maps, const Control& control) {
  for (std::size_t i = 0; i + 1 < maps.size(); ++i) {
    control.step("propose");
    at::Tensor &coarse = maps[maps.size() - 1 - i], &fine = maps[maps.size() - 2 - i];
    coarse = lateral_convs[i](coarse);
    const at::Tensor enlarged = at::upsample_nearest2d(coarse, {fine.size(2), fine.size(3)});
    fine = fpn_blocks[i](enlarged, fine);
  }
}

void OmDetEncoderImpl::join_upwards(FeatureMaps& maps, const Control& control) {
  for (std::size_t i = 0; i + 1 < maps.size(); ++i) {
    control.step("propose");
    maps[i + 1] = pan_blocks[i](downsample_convs[i](maps[i]), maps[i + 1]);
  }
}

FeatureMaps OmDetEncoderImpl::forward(const FeatureMaps& maps, const Control& control) {
  FeatureMaps projected;
  for (std::size_t l = 0; l < maps.size(); ++l) {
    projected.push_back(channel_projection_layers[l](maps[l]));
  }
  for (std::size_t i = 0; i < config.transformed.size(); ++i) {
    transform(i, projected[static_cast<std::size_t>(config.transformed[i])], control);
  }
  join_downwards(projected, control);
  join_upwards(projected, control);
  return projected;
}

}  // namespace fo1
