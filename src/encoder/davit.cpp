#include "encoder/davit.h"

#include <ATen/ATen.h>

#include <cmath>

#include "base/error.h"

namespace fo1 {
namespace {

constexpr double kNormEps = 1e-5;
constexpr int64_t kMlpRatio = 4;

std::shared_ptr<torch::nn::Module> new_module() {
  return std::make_shared<torch::nn::Module>();
}

// [B, H*W, C] <-> [B, C, H, W], both views of the same channels-last memory.
at::Tensor as_map(const TokenMap& tokens) {
  return tokens.x.unflatten(1, {tokens.height, tokens.width}).permute({0, 3, 1, 2});
}
at::Tensor as_tokens(const at::Tensor& map) {
  return map.permute({0, 2, 3, 1}).flatten(1, 2);
}

// x + conv(x) on the map.
at::Tensor add_depthwise(Conv2d& conv, const TokenMap& map) {
  return map.x + as_tokens(conv(as_map(map)));
}

}  // namespace

void DaVitConfig::validate() const {
  const ConfigRules rules("aux_vision_config");
  const std::size_t count = dims.size();
  rules.require(count > 0, "dim_embed is empty");
  for (const auto* list : {&depths, &heads, &groups, &patch_size, &patch_stride, &patch_padding}) {
    rules.require(list->size() == count,
                  "every per-stage list must have as many entries as dim_embed");
  }
  rules.require(patch_prenorm.size() == count,
                "patch_prenorm must have as many entries as dim_embed");
  rules.require(window > 0, "window_size must be positive");
  for (std::size_t i = 0; i < count; ++i) {
    rules.require(dims[i] > 0 && depths[i] >= 0 && heads[i] > 0 && groups[i] > 0,
                  "sizes must be positive");
    rules.require(dims[i] % heads[i] == 0 && dims[i] % groups[i] == 0,
                  "dim_embed must be a multiple of num_heads and num_groups");
    rules.require(patch_size[i] > 0 && patch_stride[i] > 0 && patch_padding[i] >= 0,
                  "patch sizes must be positive");
    rules.require(2 * patch_padding[i] + 1 >= patch_size[i],
                  "patch_padding must let a one-pixel map through");
  }
}

DaVitConfig davit_config_from(const JsonView& config) {
  DaVitConfig result;
  if (config.has("aux_vision_config")) {
    const JsonView json = config.at("aux_vision_config");
    const auto read = [&](const char* key, auto& value) { value = json.get_or(key, value); };
    read("depths", result.depths);
    read("dim_embed", result.dims);
    read("num_heads", result.heads);
    read("num_groups", result.groups);
    read("patch_size", result.patch_size);
    read("patch_stride", result.patch_stride);
    read("patch_padding", result.patch_padding);
    read("patch_prenorm", result.patch_prenorm);
    read("window_size", result.window);
  }
  result.validate();
  return result;
}

ConvEmbedImpl::ConvEmbedImpl(const DaVitConfig& config, std::size_t stage,
                             const at::TensorOptions& options)
    : prenorm(config.patch_prenorm[stage]) {
  const int64_t in = stage == 0 ? 3 : config.dims[stage - 1];
  const int64_t out = config.dims[stage];
  proj = register_module("proj", Conv2d(Conv2dOptions{.in = in,
                                                      .out = out,
                                                      .kernel = config.patch_size[stage],
                                                      .stride = config.patch_stride[stage],
                                                      .padding = config.patch_padding[stage]},
                                        options));
  norm = register_module("norm", LayerNorm(prenorm ? in : out, kNormEps, options));
}

TokenMap ConvEmbedImpl::forward(const at::Tensor& map) {
  const at::Tensor input = prenorm ? norm(map.permute({0, 2, 3, 1})).permute({0, 3, 1, 2}) : map;
  const at::Tensor output = proj(input);
  const at::Tensor tokens = as_tokens(output);
  return {prenorm ? tokens : norm(tokens), output.size(2), output.size(3)};
}

WindowAttentionImpl::WindowAttentionImpl(int64_t dim, int64_t heads, int64_t window,
                                         const at::TensorOptions& options)
    : heads(heads), window(window) {
  qkv = register_module("qkv", Linear(dim, 3 * dim, true, options));
  proj = register_module("proj", Linear(dim, dim, true, options));
}

at::Tensor WindowAttentionImpl::forward(const TokenMap& map) {
  const int64_t batch = map.x.size(0), dim = map.x.size(2), w = window;
  const int64_t rows = (map.height + w - 1) / w, cols = (map.width + w - 1) / w;
  // Padding comes before qkv, so that padded positions carry the qkv bias.
  const at::Tensor padded =
      at::constant_pad_nd(map.x.view({batch, map.height, map.width, dim}),
                          {0, 0, 0, cols * w - map.width, 0, rows * w - map.height});
  const int64_t count = batch * rows * cols;
  const at::Tensor windows =
      padded.view({batch, rows, w, cols, w, dim}).transpose(2, 3).reshape({count, w * w, dim});
  const at::Tensor all =
      qkv(windows).view({count, w * w, 3, heads, dim / heads}).permute({2, 0, 3, 1, 4});
  const at::Tensor out = at::scaled_dot_product_attention(all[0], all[1], all[2]);
  const at::Tensor merged = proj(out.transpose(1, 2).reshape({count, w * w, dim}))
                                .view({batch, rows, cols, w, w, dim})
                                .transpose(2, 3)
                                .reshape({batch, rows * w, cols * w, dim});
  return merged.narrow(1, 0, map.height).narrow(2, 0, map.width).reshape({batch, -1, dim});
}

ChannelAttentionImpl::ChannelAttentionImpl(int64_t dim, int64_t groups,
                                           const at::TensorOptions& options)
    : groups(groups) {
  qkv = register_module("qkv", Linear(dim, 3 * dim, true, options));
  proj = register_module("proj", Linear(dim, dim, true, options));
}

at::Tensor ChannelAttentionImpl::forward(const TokenMap& map) {
  const int64_t batch = map.x.size(0), positions = map.x.size(1), dim = map.x.size(2);
  const at::Tensor all = qkv(map.x)
                             .view({batch, positions, 3, groups, dim / groups})
                             .permute({2, 0, 3, 1, 4});  // [3, B, G, N, c]
  const at::Tensor q = all[0] / std::sqrt(static_cast<double>(positions));
  const at::Tensor weights =
      at::softmax(at::matmul(q.transpose(2, 3), all[1]), -1);          // [B, G, c, c]
  const at::Tensor out = at::matmul(all[2], weights.transpose(2, 3));  // [B, G, N, c]
  return proj(out.transpose(1, 2).reshape({batch, positions, dim}));
}

template <class Attention>
DaVitBlock<Attention>::DaVitBlock(const char* attention_name, Attention attention_layer,
                                  int64_t dim, const at::TensorOptions& options)
    : attention(std::move(attention_layer)) {
  // The checkpoint wraps each part as {norm, fn}; these nested modules only spell its names.
  const auto wrap = [&](const char* name) { return register_module(name, new_module()); };
  const Conv2dOptions depthwise{.in = dim, .out = dim, .kernel = 3, .padding = 1, .groups = dim};
  const auto add_conv = [&](const char* name) {
    return wrap(name)
        ->register_module("fn", new_module())
        ->register_module("dw", Conv2d(depthwise, options));
  };
  conv1 = add_conv("conv1");
  conv2 = add_conv("conv2");

  const auto attention_part = wrap(attention_name);
  attention_norm = attention_part->register_module("norm", LayerNorm(dim, kNormEps, options));
  attention_part->register_module("fn", attention);

  const auto ffn_part = wrap("ffn");
  ffn_norm = ffn_part->register_module("norm", LayerNorm(dim, kNormEps, options));
  const auto net =
      ffn_part->register_module("fn", new_module())->register_module("net", new_module());
  inner = net->register_module("fc1", Linear(dim, kMlpRatio * dim, true, options));
  outer = net->register_module("fc2", Linear(kMlpRatio * dim, dim, true, options));
}

template <class Attention>
at::Tensor DaVitBlock<Attention>::forward(const TokenMap& map) {
  TokenMap now = map;
  now.x = add_depthwise(conv1, now);
  now.x = now.x + attention(TokenMap{attention_norm(now.x), now.height, now.width});
  now.x = add_depthwise(conv2, now);
  return now.x + outer(at::gelu(inner(ffn_norm(now.x))));
}

template struct DaVitBlock<WindowAttention>;
template struct DaVitBlock<ChannelAttention>;

DaVit::DaVit(DaVitConfig config_, const at::TensorOptions& options) : config(std::move(config_)) {
  const auto convs = register_module("convs", new_module());
  const auto blocks = register_module("blocks", new_module());
  for (std::size_t s = 0; s < config.dims.size(); ++s) {
    const int64_t dim = config.dims[s];
    Stage stage;
    stage.embed = convs->register_module(std::to_string(s), ConvEmbed(config, s, options));
    const auto list = blocks->register_module(std::to_string(s), new_module());
    for (int64_t i = 0; i < config.depths[s]; ++i) {
      const auto pair = list->register_module(std::to_string(i), new_module());
      const auto spatial = std::make_shared<SpatialBlock>(
          "window_attn", WindowAttention(dim, config.heads[s], config.window, options), dim,
          options);
      const auto channel = std::make_shared<ChannelBlock>(
          "channel_attn", ChannelAttention(dim, config.groups[s], options), dim, options);
      stage.layers.push_back({pair->register_module("spatial_block", spatial),
                              pair->register_module("channel_block", channel)});
    }
    stages.push_back(std::move(stage));
  }
}

FeatureMaps DaVit::forward(const at::Tensor& pixels, const Control& control) {
  FeatureMaps maps;
  at::Tensor map = pixels;
  int64_t done = 0, total = 0;
  for (const Stage& stage : stages) total += static_cast<int64_t>(stage.layers.size());
  for (Stage& stage : stages) {
    TokenMap tokens = stage.embed(map);
    for (Layer& layer : stage.layers) {
      control.step("encode_auxiliary", done++, total);
      tokens.x = layer.spatial->forward(tokens);
      tokens.x = layer.channel->forward(tokens);
    }
    map = as_map(tokens);
    maps.push_back(map);
  }
  return maps;
}

}  // namespace fo1
