#include "proposal/swin.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "base/error.h"
#include "nn/rows.h"

namespace fo1 {
namespace {

constexpr double kNormEps = 1e-5;
constexpr float kNever = -100;  // added to the score of a pair of places that are no neighbours

int64_t filling(int64_t size, int64_t step) {
  return (step - size % step) % step;
}

// x filled up with zeros at the right and the bottom to whole windows: [B, H, W, C].
at::Tensor pad_to_windows(const at::Tensor& x, const SwinWindows& windows) {
  const int64_t right = filling(x.size(2), windows.side_w),
                below = filling(x.size(1), windows.side_h);
  if (right == 0 && below == 0) return x;
  return at::constant_pad_nd(x, {0, 0, 0, right, 0, below});
}

// [B, H, W, C] -> [B * windows, places, C]
at::Tensor cut(const at::Tensor& x, const SwinWindows& windows) {
  return x.unflatten(2, {windows.columns(), windows.side_w})
      .unflatten(1, {windows.rows(), windows.side_h})
      .transpose(2, 3)
      .reshape({-1, windows.side_h * windows.side_w, x.size(3)});
}

// The inverse of cut(): the padded map.
at::Tensor paste(const at::Tensor& tokens, const SwinWindows& windows) {
  return tokens
      .view({-1, windows.rows(), windows.columns(), windows.side_h, windows.side_w, tokens.size(2)})
      .transpose(2, 3)
      .reshape({-1, windows.rows() * windows.side_h, windows.columns() * windows.side_w,
                tokens.size(2)});
}

// Which of three stripes each row (or column) of a shifted, padded map belongs to: those that the
// shift brought together do not see each other. [side]
at::Tensor stripes(int64_t length, int64_t window, int64_t shift,
                   const at::TensorOptions& options) {
  const at::Tensor place = at::arange(length, options);
  return (place >= length - window).to(at::kLong) + (place >= length - shift).to(at::kLong);
}

// Of the places of each window: [windows, places], int64.
at::Tensor place_stripes(const SwinWindows& windows, at::Device device) {
  const auto longs = at::TensorOptions(device).dtype(at::kLong);
  const at::Tensor rows =
      stripes(windows.rows() * windows.side_h, windows.side_h, windows.shift_h, longs);
  const at::Tensor columns =
      stripes(windows.columns() * windows.side_w, windows.side_w, windows.shift_w, longs);
  const at::Tensor map = rows.unsqueeze(1) * 3 + columns;
  return cut(map.unsqueeze(0).unsqueeze(-1), windows).squeeze(-1);
}

// kNever for each pair of places of different stripes: [windows, 1, places, places].
at::Tensor apart(const at::Tensor& stripes, const at::TensorOptions& options) {
  const at::Tensor differ = stripes.unsqueeze(1) != stripes.unsqueeze(2);
  return (differ.to(options.dtype()) * kNever).unsqueeze(1);
}

// Row of the bias table for each pair of places of a window of w x w: [w^4].
at::Tensor relative_positions(int64_t side_h, int64_t side_w, int64_t window,
                              const at::TensorOptions& options) {
  const at::Tensor rows =
      at::arange(side_h, options).unsqueeze(1).expand({-1, side_w}).reshape({-1});
  const at::Tensor columns =
      at::arange(side_w, options).unsqueeze(0).expand({side_h, -1}).reshape({-1});
  const at::Tensor down = rows.unsqueeze(1) - rows + window - 1;
  const at::Tensor across = columns.unsqueeze(1) - columns + window - 1;
  return (down * (2 * window - 1) + across).view({-1});
}

}  // namespace

std::vector<int64_t> SwinConfig::output_dims() const {
  std::vector<int64_t> dims;
  for (const int64_t stage : outputs) dims.push_back(dim << stage);
  return dims;
}

void SwinConfig::validate(const char* section) const {
  const ConfigRules rules(section);
  const auto count = static_cast<int64_t>(depths.size());
  rules.require(count > 0 && count <= 8, "the backbone must have 1 to 8 stages");
  rules.require(heads.size() == depths.size(), "depths and num_heads must have the same length");
  rules.require_sizes({dim, window, patch},
                      "embed_dim, window and patch size must be 1 to 1048576");
  rules.require(window <= 1024 && patch <= 1024, "window and patch size must be at most 1024");
  rules.require(static_cast<double>(dim) * mlp_ratio >= 1 && mlp_ratio <= 1024,
                "mlp_ratio must leave 1 channel or more and be at most 1024");
  for (std::size_t s = 0; s < depths.size(); ++s) {
    rules.require_layers({depths[s]});
    rules.require(heads[s] > 0 && (dim << s) % heads[s] == 0,
                  "a stage's channels must be a multiple of its heads");
  }
  rules.require(!outputs.empty() && std::is_sorted(outputs.begin(), outputs.end()) &&
                    std::adjacent_find(outputs.begin(), outputs.end()) == outputs.end() &&
                    outputs.front() >= 0 && outputs.back() < count,
                "out_indices must name stages, rising");
}

SwinPatchEmbedImpl::SwinPatchEmbedImpl(const SwinConfig& config, const at::TensorOptions& options)
    : patch(config.patch) {
  const Conv2dOptions conv{.in = 3, .out = config.dim, .kernel = patch, .stride = patch};
  proj = register_module("proj", Conv2d(conv, options));
  norm = register_module("norm", LayerNorm(config.dim, kNormEps, options));
}

at::Tensor SwinPatchEmbedImpl::forward(const at::Tensor& pixels) {
  const at::Tensor whole = at::constant_pad_nd(
      pixels, {0, filling(pixels.size(3), patch), 0, filling(pixels.size(2), patch)});
  return norm(proj(whole).permute({0, 2, 3, 1}));
}

SwinMergingImpl::SwinMergingImpl(int64_t dim, const at::TensorOptions& options) {
  norm = register_module("norm", LayerNorm(4 * dim, kNormEps, options));
  reduction = register_module("reduction", Linear(4 * dim, 2 * dim, /*has_bias=*/false, options));
}

at::Tensor SwinMergingImpl::forward(const at::Tensor& x) {
  const at::Tensor even =
      at::constant_pad_nd(x, {0, 0, 0, filling(x.size(2), 2), 0, filling(x.size(1), 2)});
  // Neighbours in the order (row, column) = (0, 0), (1, 0), (0, 1), (1, 1).
  const at::Tensor joined =
      even.unflatten(2, {-1, 2}).unflatten(1, {-1, 2}).permute({0, 1, 3, 4, 2, 5}).flatten(3);
  return reduction(norm(joined));
}

SwinAttentionImpl::SwinAttentionImpl(const SwinConfig& config, int64_t dim, int64_t heads,
                                     const at::TensorOptions& options)
    : heads(heads), window(config.window), pad_before_shift(config.pad_before_shift) {
  qkv = register_module("qkv", Linear(dim, 3 * dim, config.qkv_bias, options));
  proj = register_module("proj", Linear(dim, dim, true, options));
  const int64_t offsets = (2 * window - 1) * (2 * window - 1);
  relative_position_bias_table =
      register_parameter("relative_position_bias_table", at::empty({offsets, heads}, options),
                         /*requires_grad=*/false);
}

at::Tensor SwinAttentionImpl::forward(const at::Tensor& x, const SwinWindows& windows) {
  const int64_t height = x.size(1), width = x.size(2);
  const auto roll = [&](const at::Tensor& map, int64_t sign) {
    return windows.shifted()
               ? at::roll(map, {sign * windows.shift_h, sign * windows.shift_w}, {1, 2})
               : map;
  };
  const at::Tensor moved = pad_before_shift ? roll(pad_to_windows(x, windows), -1)
                                            : pad_to_windows(roll(x, -1), windows);
  const at::Tensor tokens = cut(moved, windows);
  const at::Tensor pasted = paste(
      x.is_cpu() ? attend_by_rows(tokens, windows) : attend_at_once(tokens, windows), windows);
  const auto crop = [&](const at::Tensor& map) {
    return map.narrow(1, 0, height).narrow(2, 0, width);
  };
  return pad_before_shift ? crop(roll(pasted, 1)) : roll(crop(pasted), 1);
}

at::Tensor SwinAttentionImpl::position_bias(const SwinWindows& windows) {
  const auto longs = at::TensorOptions(relative_position_bias_table.device()).dtype(at::kLong);
  const int64_t places = windows.side_h * windows.side_w;
  return at::index_select(relative_position_bias_table, 0,
                          relative_positions(windows.side_h, windows.side_w, window, longs))
      .view({places, places, heads})
      .permute({2, 0, 1})
      .unsqueeze(0)
      .contiguous();
}

// tokens: [N, places, C]; bias: [1 or N, heads, places, places] -> [N, places, C]
at::Tensor SwinAttentionImpl::attend(const at::Tensor& tokens, const at::Tensor& bias) {
  const auto all = qkv(tokens).unflatten(-1, {3, heads, -1}).permute({2, 0, 3, 1, 4});
  return proj(
      at::scaled_dot_product_attention(all[0], all[1], all[2], bias).transpose(1, 2).flatten(2));
}

at::Tensor SwinAttentionImpl::attend_at_once(const at::Tensor& tokens, const SwinWindows& windows) {
  const at::Tensor bias = position_bias(windows);
  if (!windows.shifted()) return attend(tokens, bias);
  const at::Tensor masked = bias + apart(place_stripes(windows, tokens.device()), bias.options());
  return attend(tokens, masked.repeat({tokens.size(0) / masked.size(0), 1, 1, 1}));
}

// Only windows of the last row and column hold places that a shift brought together: the others
// share one bias, which stays in the caches.
at::Tensor SwinAttentionImpl::attend_by_rows(const at::Tensor& tokens, const SwinWindows& windows) {
  const int64_t rows = windows.rows(), columns = windows.columns();
  const at::Tensor bias = position_bias(windows);
  at::Tensor stripes;
  if (windows.shifted()) stripes = place_stripes(windows, tokens.device());
  at::Tensor out = at::empty_like(tokens);
  const auto run = [&](int64_t row, int64_t first, int64_t count, bool at_edge) {
    if (count == 0) return;
    const auto mask = [&] {
      return apart(stripes.narrow(0, row % rows * columns + first, count), bias.options());
    };
    const at::Tensor part = tokens.narrow(0, row * columns + first, count);
    out.narrow(0, row * columns + first, count).copy_(attend(part, at_edge ? bias + mask() : bias));
  };
  in_runs(tokens.size(0) / columns, 1, tokens.device(), [&](int64_t begin, int64_t count) {
    for (int64_t row = begin; row < begin + count; ++row) {
      const bool last = row % rows == rows - 1;
      const int64_t inner = !windows.shifted() ? columns : last ? 0 : columns - 1;
      run(row, 0, inner, false);
      run(row, inner, columns - inner, true);
    }
  });
  return out;
}

SwinBlockImpl::SwinBlockImpl(const SwinConfig& config, int64_t dim, int64_t heads,
                             const at::TensorOptions& options) {
  norm1 = register_module("norm1", LayerNorm(dim, kNormEps, options));
  attn = register_module("attn", SwinAttention(config, dim, heads, options));
  norm2 = register_module("norm2", LayerNorm(dim, kNormEps, options));
  const auto mlp = register_module("mlp", std::make_shared<torch::nn::Module>());
  const auto hidden = static_cast<int64_t>(static_cast<double>(dim) * config.mlp_ratio);
  fc1 = mlp->register_module("fc1", Linear(dim, hidden, true, options));
  fc2 = mlp->register_module("fc2", Linear(hidden, dim, true, options));
}

at::Tensor SwinBlockImpl::forward(const at::Tensor& x, const SwinWindows& windows) {
  const at::Tensor seen = x + attn(norm1(x), windows);
  const auto feed = [&](const at::Tensor& rows, int64_t) {
    at::Tensor inner = fc1(norm2(rows));
    return fc2(at::gelu_(inner)).add_(rows);
  };
  return by_rows(seen.flatten(1, 2), feed).view(x.sizes());
}

SwinStageImpl::SwinStageImpl(const SwinConfig& config_, std::size_t stage,
                             const at::TensorOptions& options)
    : config(config_) {
  const int64_t dim = config.dim << stage;
  const auto list = register_module("blocks", std::make_shared<torch::nn::Module>());
  for (int64_t b = 0; b < config.depths[stage]; ++b) {
    blocks.push_back(list->register_module(std::to_string(b),
                                           SwinBlock(config, dim, config.heads[stage], options)));
  }
  if (stage + 1 < config.depths.size()) {
    downsample = register_module("downsample", SwinMerging(dim, options));
  }
}

at::Tensor SwinStageImpl::forward(const at::Tensor& x, const Control& control) {
  const auto side = [&](int64_t length) {
    return config.shrink_windows ? std::min(length, config.window) : config.window;
  };
  const auto shift = [&](int64_t length) {
    return config.shrink_windows && length <= config.window ? 0 : config.window / 2;
  };
  SwinWindows windows{x.size(1), x.size(2), side(x.size(1)), side(x.size(2))};
  at::Tensor y = x;
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    control.step("propose");
    windows.shift_h = b % 2 == 1 ? shift(x.size(1)) : 0;
    windows.shift_w = b % 2 == 1 ? shift(x.size(2)) : 0;
    y = blocks[b](y, windows);
  }
  return y;
}

SwinImpl::SwinImpl(SwinConfig config_, const at::TensorOptions& options)
    : config(std::move(config_)) {
  patch_embed = register_module("patch_embed", SwinPatchEmbed(config, options));
  const auto list = register_module("layers", std::make_shared<torch::nn::Module>());
  for (std::size_t s = 0; s < config.depths.size(); ++s) {
    stages.push_back(list->register_module(std::to_string(s), SwinStage(config, s, options)));
  }
  if (!config.output_norms) return;
  for (const int64_t stage : config.outputs) {
    norms.push_back(
        register_module(cat("norm", stage), LayerNorm(config.dim << stage, kNormEps, options)));
  }
}

FeatureMaps SwinImpl::forward(const at::Tensor& pixels, const Control& control) {
  FeatureMaps maps;
  at::Tensor x = patch_embed(pixels);
  for (std::size_t s = 0; s < stages.size() && maps.size() < config.outputs.size(); ++s) {
    if (s > 0) x = stages[s - 1]->downsample(x);
    x = stages[s](x, control);
    if (config.outputs[maps.size()] != static_cast<int64_t>(s)) continue;
    const at::Tensor leaving = config.output_norms ? norms[maps.size()](x) : x;
    maps.push_back(leaving.permute({0, 3, 1, 2}));
  }
  return maps;
}

}  // namespace fo1
