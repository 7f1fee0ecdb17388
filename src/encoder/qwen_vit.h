// The vision transformer of Qwen2.5-VL (arXiv 2502.13923, section 2.1): window attention with a few
// full-attention blocks, 2-D rotary positions, 2x2 merger.
#pragma once

#include <span>
#include <vector>

#include "encoder/encoder.h"
#include "encoder/window_order.h"
#include "nn/mlp.h"
#include "nn/norm.h"
#include "nn/rotary.h"

namespace fo1 {

struct QwenVitConfig {
  int64_t depth = 32;
  int64_t dim = 1280;
  int64_t heads = 16;
  int64_t hidden = 3420;   // of the feed-forward
  int64_t out_dim = 2048;  // of an image token
  int64_t channels = 3;
  int64_t patch = 14;  // px
  int64_t temporal_patch = 2;
  int64_t merge = 2;
  int64_t window = 112;  // px
  std::vector<int64_t> full_attention_blocks = {7, 15, 23, 31};

  int64_t head_dim() const { return dim / heads; }
  int64_t window_cells() const { return window / patch / merge; }
  void validate() const;
};
// `config`: config.json; reads `vision_config`, defaults where keys are absent.
QwenVitConfig qwen_vit_config_from(const JsonView& config);

struct QwenVitAttentionImpl : torch::nn::Module {
  QwenVitAttentionImpl(int64_t dim, int64_t heads, const at::TensorOptions& options);
  // x [B, P, C]; attention stays inside the windows that `groups` lays out in x's order.
  at::Tensor forward(const at::Tensor& x, const RotaryTable& rotary,
                     std::span<const WindowGroup> groups);

  int64_t heads;
  Linear qkv{nullptr}, proj{nullptr};
};
TORCH_MODULE(QwenVitAttention);

struct QwenVitBlockImpl : torch::nn::Module {
  QwenVitBlockImpl(const QwenVitConfig& config, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& x, const RotaryTable& rotary,
                     std::span<const WindowGroup> groups);  // [B, P, C] -> [B, P, C]

  RmsNorm norm1{nullptr}, norm2{nullptr};
  QwenVitAttention attn{nullptr};
  SwiGlu mlp{nullptr};
};
TORCH_MODULE(QwenVitBlock);

// Conv3d whose kernel is the whole patch: a linear layer with a 5-D weight.
struct QwenPatchEmbedImpl : torch::nn::Module {
  QwenPatchEmbedImpl(const QwenVitConfig& config, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& patches);  // [P, 3*2*14*14] -> [P, C]

  at::Tensor weight;
};
TORCH_MODULE(QwenPatchEmbed);

// merge^2 neighbouring patches -> one image token.
struct QwenMergerImpl : torch::nn::Module {
  QwenMergerImpl(const QwenVitConfig& config, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& x);  // [..., P, C] -> [... * P / merge^2, out_dim]

  RmsNorm norm{nullptr};
  Linear inner{nullptr}, outer{nullptr};
};
TORCH_MODULE(QwenMerger);

struct QwenVit : PrimaryEncoder {
  QwenVit(QwenVitConfig config, const at::TensorOptions& options);
  PrimaryFeatures forward(const at::Tensor& patches, int64_t grid_h, int64_t grid_w,
                          const Control& control) override;
  int64_t token_dim() const override { return config.out_dim; }
  std::vector<int64_t> level_dims() const override;
  int64_t merge() const override { return config.merge; }

  QwenVitConfig config;
  QwenPatchEmbed patch_embed{nullptr};
  std::vector<QwenVitBlock> blocks;
  QwenMerger merger{nullptr};
};

// Rotary angles of each patch in merge order, float32 [gh*gw, head_dim / 2]: rows in the first
// half, columns in the second.
at::Tensor vit_rotary_angles(const QwenVitConfig& config, int64_t grid_h, int64_t grid_w,
                             at::Device device);

}  // namespace fo1
