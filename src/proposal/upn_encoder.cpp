#include "proposal/upn_encoder.h"

#include <ATen/ATen.h>

#include <cmath>
#include <string>

#include "nn/rows.h"

namespace fo1 {
namespace {

// The nearest pixel's entry for each cell of a level.
at::Tensor shrink_mask(const at::Tensor& mask, int64_t height, int64_t width) {
  return at::upsample_nearest2d(mask.unsqueeze(1).to(at::kFloat), {height, width})
      .squeeze(1)
      .to(at::kBool);
}

// Part of a level that is picture, [B, 2]: across, down.
at::Tensor valid_ratio(const at::Tensor& padding) {
  const at::Tensor inside = padding.bitwise_not().to(at::kFloat);
  const auto height = static_cast<double>(padding.size(1)),
             width = static_cast<double>(padding.size(2));
  return at::stack({inside.select(1, 0).sum(1) / width, inside.select(2, 0).sum(1) / height}, -1);
}

}  // namespace

at::Tensor sine_features(const at::Tensor& position, int64_t features, double temperature) {
  const at::Tensor pair = at::arange(features / 2, position.options()) * 2;
  const at::Tensor period = at::pow(temperature, pair / static_cast<double>(features));
  const at::Tensor angle = position.unsqueeze(-1) / period;
  return at::stack({angle.sin(), angle.cos()}, -1).flatten(-2);
}

at::Tensor image_sine_embedding(const at::Tensor& padding, int64_t features, double temperature) {
  constexpr double kCircle = 2 * M_PI, kEps = 1e-6;
  const at::Tensor inside = padding.bitwise_not().to(at::kFloat);
  const auto place = [&](int64_t dim) {
    const at::Tensor count = inside.cumsum(dim);
    const at::Tensor last = count.narrow(dim, count.size(dim) - 1, 1);
    return sine_features(count / (last + kEps) * kCircle, features, temperature);
  };
  return at::cat({place(1), place(2)}, -1).permute({0, 3, 1, 2});
}

at::Tensor cell_references(const LevelSizes& levels, const at::Tensor& ratios) {
  std::vector<at::Tensor> centres;  // of each level, [B, H*W, 2]
  for (std::size_t l = 0; l < levels.size(); ++l) {
    const Size& level = levels[l];
    const at::Tensor ratio = ratios.select(1, static_cast<int64_t>(l));  // [B, 2]
    const auto axis = [&](int64_t side, int64_t which) {
      const at::Tensor picture = ratio.select(1, which) * static_cast<double>(side);
      return (at::arange(side, ratios.options()) + 0.5) / picture.unsqueeze(1);  // [B, side]
    };
    const at::Tensor x = axis(level.width, 0).unsqueeze(1).expand({-1, level.height, -1});
    const at::Tensor y = axis(level.height, 1).unsqueeze(2).expand({-1, -1, level.width});
    centres.push_back(at::stack({x, y}, -1).flatten(1, 2));
  }
  return at::cat(centres, 1).unsqueeze(2) * ratios.unsqueeze(1);
}

UpnNeckImpl::UpnNeckImpl(const UpnConfig& config_, const at::TensorOptions& options)
    : config(config_) {
  const std::vector<int64_t> dims = config.swin.output_dims();
  for (int64_t l = 0; l < config.levels; ++l) {
    const auto level = static_cast<std::size_t>(l);
    Conv2dOptions conv{
        .in = dims.back(), .out = config.dim, .kernel = 3, .stride = 2, .padding = 1};
    if (level < dims.size()) conv = {.in = dims[level], .out = config.dim};
    if (level > dims.size()) conv.in = config.dim;  // made of the level before
    const auto part = register_module(std::to_string(l), std::make_shared<torch::nn::Module>());
    const auto norm = part->register_module("1", std::make_shared<torch::nn::Module>());
    projections.push_back(
        {part->register_module("0", Conv2d(conv, options)),
         norm->register_parameter("weight", at::empty({config.dim}, options), false),
         norm->register_parameter("bias", at::empty({config.dim}, options), false)});
  }
}

UpnPyramid UpnNeckImpl::forward(const FeatureMaps& maps, const at::Tensor& padding) {
  UpnPyramid pyramid;
  std::vector<at::Tensor> tokens, positions, paddings, ratios;
  at::Tensor last;
  for (std::size_t l = 0; l < projections.size(); ++l) {
    Projection& projection = projections[l];
    const at::Tensor input = l < maps.size() ? maps[l] : l == maps.size() ? maps.back() : last;
    // Channels first: with channels last, the CPU's kernel adds up squares before it takes the mean
    // away, and the maps lose two digits.
    last = at::group_norm(projection.conv(input).contiguous(), config.groups, projection.weight,
                          projection.bias, config.group_norm_eps);
    const int64_t height = last.size(2), width = last.size(3);
    const at::Tensor mask = padding.defined() ? shrink_mask(padding, height, width)
                                              : at::zeros({last.size(0), height, width},
                                                          last.options().dtype(at::kBool));
    const at::Tensor sine =
        image_sine_embedding(mask, config.image_sine_features, config.image_sine_temperature);
    const auto flat = [](const at::Tensor& map) { return map.flatten(2).transpose(1, 2); };
    pyramid.levels.push_back({width, height});
    tokens.push_back(flat(last));
    positions.push_back(flat(sine).to(last.scalar_type()));
    paddings.push_back(mask.flatten(1));
    ratios.push_back(valid_ratio(mask));
  }
  pyramid.tokens = at::cat(tokens, 1);
  pyramid.position = at::cat(positions, 1);
  if (padding.defined()) pyramid.padding = at::cat(paddings, 1);
  pyramid.ratios = at::stack(ratios, 1);
  return pyramid;
}

UpnEncoderLayerImpl::UpnEncoderLayerImpl(const UpnConfig& config,
                                         const at::TensorOptions& options) {
  const auto add_norm = [&](const char* name) {
    return register_module(name, LayerNorm(config.dim, config.layer_norm_eps, options));
  };
  self_attn = register_module("self_attn", DeformableAttention(config.attention(), options));
  norm1 = add_norm("norm1");
  linear1 = register_module("linear1", Linear(config.dim, config.hidden, true, options));
  linear2 = register_module("linear2", Linear(config.hidden, config.dim, true, options));
  norm2 = add_norm("norm2");
}

at::Tensor UpnEncoderLayerImpl::forward(const at::Tensor& tokens, const UpnPyramid& pyramid,
                                        const at::Tensor& references) {
  const at::Tensor values = self_attn->values(tokens, pyramid.padding);
  return by_rows(tokens, [&](const at::Tensor& rows, int64_t first) {
    const auto part = [&](const at::Tensor& x) { return x.narrow(1, first, rows.size(1)); };
    const at::Tensor read =
        self_attn->attend(rows + part(pyramid.position), part(references), values, pyramid.levels);
    const at::Tensor seen = norm1(rows + read);
    return norm2(seen + linear2(linear1(seen).relu_()));
  });
}

}  // namespace fo1
