#include "encoder/qwen_vit.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "base/error.h"

namespace fo1 {

constexpr double kNormEps = 1e-6;
constexpr double kRotaryTheta = 10000;

void QwenVitConfig::validate() const {
  const ConfigRules rules("vision_config");
  rules.require(depth > 0 && dim > 0 && heads > 0 && hidden > 0 && out_dim > 0,
                "sizes must be positive");
  rules.require(dim % heads == 0 && head_dim() % 4 == 0,
                "hidden_size / num_heads must be a multiple of 4");
  rules.require(patch > 0 && merge > 0 && temporal_patch > 0 && channels > 0,
                "patch sizes must be positive");
  rules.require(window > 0 && window % (patch * merge) == 0,
                "window_size must be a multiple of patch_size * spatial_merge_size");
  rules.require(!full_attention_blocks.empty(),
                "fullatt_block_indexes must name at least one block");
  for (const int64_t index : full_attention_blocks) {
    rules.require(index >= 0 && index < depth, "fullatt_block_indexes must lie below depth");
  }
}

QwenVitConfig qwen_vit_config_from(const JsonView& config) {
  QwenVitConfig result;
  if (!config.has("vision_config")) return result;
  const JsonView json = config.at("vision_config");
  const auto read = [&](const char* key, int64_t& value) { value = json.get_or(key, value); };
  read("depth", result.depth);
  read("hidden_size", result.dim);
  read("num_heads", result.heads);
  read("intermediate_size", result.hidden);
  read("out_hidden_size", result.out_dim);
  read("in_channels", result.channels);
  read("in_chans", result.channels);  // the name in released configs
  read("patch_size", result.patch);
  read("temporal_patch_size", result.temporal_patch);
  read("spatial_merge_size", result.merge);
  read("window_size", result.window);
  result.full_attention_blocks =
      json.get_or("fullatt_block_indexes", std::move(result.full_attention_blocks));
  result.validate();
  return result;
}

QwenVitAttentionImpl::QwenVitAttentionImpl(int64_t dim, int64_t heads,
                                           const at::TensorOptions& options)
    : heads(heads) {
  qkv = register_module("qkv", Linear(dim, 3 * dim, true, options));
  proj = register_module("proj", Linear(dim, dim, true, options));
}

at::Tensor QwenVitAttentionImpl::forward(const at::Tensor& x, const RotaryTable& rotary,
                                         std::span<const WindowGroup> groups) {
  const int64_t batch = x.size(0), patches = x.size(1), dim = x.size(2);
  const at::Tensor all = qkv(x).view({batch, patches, 3, heads, dim / heads});
  const at::Tensor q = apply_rotary(all.select(2, 0), rotary);  // [B, P, H, D]
  const at::Tensor k = apply_rotary(all.select(2, 1), rotary);
  const at::Tensor v = all.select(2, 2);

  std::vector<at::Tensor> outputs;
  int64_t start = 0;
  for (const WindowGroup& group : groups) {
    const int64_t rows = group.count * group.length;
    const auto windows = [&](const at::Tensor& t) {  // [B, P, H, D] -> [windows, H, length, D]
      return t.narrow(1, start, rows)
          .reshape({batch * group.count, group.length, heads, dim / heads})
          .transpose(1, 2);
    };
    const at::Tensor out = at::scaled_dot_product_attention(windows(q), windows(k), windows(v));
    outputs.push_back(out.transpose(1, 2).reshape({batch, rows, dim}));
    start += rows;
  }
  return proj(outputs.size() == 1 ? outputs[0] : at::cat(outputs, 1));
}

QwenVitBlockImpl::QwenVitBlockImpl(const QwenVitConfig& config, const at::TensorOptions& options) {
  norm1 = register_module("norm1", RmsNorm(config.dim, kNormEps, options));
  norm2 = register_module("norm2", RmsNorm(config.dim, kNormEps, options));
  attn = register_module("attn", QwenVitAttention(config.dim, config.heads, options));
  mlp = register_module("mlp", SwiGlu(config.dim, config.hidden, true, options));
}

at::Tensor QwenVitBlockImpl::forward(const at::Tensor& x, const RotaryTable& rotary,
                                     std::span<const WindowGroup> groups) {
  const at::Tensor y = x + attn(norm1(x), rotary, groups);
  return y + mlp(norm2(y));
}

QwenPatchEmbedImpl::QwenPatchEmbedImpl(const QwenVitConfig& config,
                                       const at::TensorOptions& options) {
  auto proj = std::make_shared<torch::nn::Module>();
  weight = proj->register_parameter(
      "weight",
      at::empty({config.dim, config.channels, config.temporal_patch, config.patch, config.patch},
                options),
      /*requires_grad=*/false);
  register_module("proj", proj);
}

at::Tensor QwenPatchEmbedImpl::forward(const at::Tensor& patches) {
  return at::linear(patches.to(weight.scalar_type()), weight.flatten(1));
}

QwenMergerImpl::QwenMergerImpl(const QwenVitConfig& config, const at::TensorOptions& options) {
  const int64_t wide = config.dim * config.merge * config.merge;
  norm = register_module("ln_q", RmsNorm(config.dim, kNormEps, options));
  inner = Linear(wide, wide, true, options);
  outer = Linear(wide, config.out_dim, true, options);
  auto mlp = std::make_shared<torch::nn::Module>();
  mlp->register_module("0", inner);
  mlp->register_module("2", outer);
  register_module("mlp", mlp);
}

at::Tensor QwenMergerImpl::forward(const at::Tensor& x) {
  return outer(at::gelu(inner(norm(x).view({-1, inner->weight.size(1)}))));
}

QwenVit::QwenVit(QwenVitConfig config, const at::TensorOptions& options)
    : config(std::move(config)) {
  patch_embed = register_module("patch_embed", QwenPatchEmbed(this->config, options));
  auto list = std::make_shared<torch::nn::Module>();
  for (int64_t i = 0; i < this->config.depth; ++i) {
    blocks.push_back(list->register_module(std::to_string(i), QwenVitBlock(this->config, options)));
  }
  register_module("blocks", list);
  merger = register_module("merger", QwenMerger(this->config, options));
}

std::vector<int64_t> QwenVit::level_dims() const {
  return std::vector<int64_t>(config.full_attention_blocks.size(), config.dim);
}

at::Tensor vit_rotary_angles(const QwenVitConfig& config, int64_t grid_h, int64_t grid_w,
                             at::Device device) {
  const int64_t m = config.merge;
  const auto options = at::TensorOptions().device(device).dtype(at::kFloat);
  const auto merge_order = [&](const at::Tensor& grid) {  // [gh, gw] -> [gh*gw]
    return grid.reshape({grid_h / m, m, grid_w / m, m}).permute({0, 2, 1, 3}).flatten();
  };
  const at::Tensor rows =
      merge_order(at::arange(grid_h, options).unsqueeze(1).expand({grid_h, grid_w}));
  const at::Tensor cols =
      merge_order(at::arange(grid_w, options).unsqueeze(0).expand({grid_h, grid_w}));
  const at::Tensor frequencies = rotary_frequencies(config.head_dim() / 2, kRotaryTheta, device);
  return at::cat({at::outer(rows, frequencies), at::outer(cols, frequencies)}, -1);
}

PrimaryFeatures QwenVit::forward(const at::Tensor& patches, int64_t grid_h, int64_t grid_w,
                                 const Control& control) {
  const int64_t m = config.merge, total = grid_h * grid_w, per_cell = m * m;
  const int64_t batch = patches.size(0) / total;
  const WindowOrder order =
      window_order(grid_h / m, grid_w / m, config.window_cells(), per_cell, patches.device());
  const auto reorder = [&](const at::Tensor& t, const at::Tensor& cells) {  // [..., P, *]
    return t.unflatten(-2, {total / per_cell, per_cell}).index_select(-3, cells).flatten(-3, -2);
  };
  const RotaryTable rotary = rotary_table(
      reorder(vit_rotary_angles(config, grid_h, grid_w, patches.device()), order.packed));
  const WindowGroup everything[] = {{1, total}};

  PrimaryFeatures features;
  features.patch_embed = patch_embed(patches);
  at::Tensor x = reorder(features.patch_embed.unflatten(0, {batch, total}), order.packed);
  const auto& full = config.full_attention_blocks;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    control.step("encode_primary", static_cast<int64_t>(i), static_cast<int64_t>(blocks.size()));
    const bool is_full = std::find(full.begin(), full.end(), static_cast<int64_t>(i)) != full.end();
    x = is_full ? blocks[i](x, rotary, everything)
                : blocks[i](x, rotary, std::span<const WindowGroup>(order.groups));
    if (!is_full) continue;
    features.blocks.push_back(reorder(x, order.reference).flatten(0, 1));
    features.levels.push_back(reorder(x, order.raster)
                                  .view({batch, grid_h / m, grid_w / m, m, m, config.dim})
                                  .transpose(2, 3)
                                  .reshape({batch, grid_h, grid_w, config.dim})
                                  .permute({0, 3, 1, 2}));
  }
  features.tokens = merger(x).unflatten(0, {batch, -1}).index_select(1, order.raster).flatten(0, 1);
  return features;
}

}  // namespace fo1
