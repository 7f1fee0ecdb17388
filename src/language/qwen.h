// The Qwen2.5 decoder (arXiv 2412.15115) with multimodal rotary positions.
#pragma once

#include <vector>

#include "base/control.h"
#include "language/config.h"
#include "language/kv_cache.h"
#include "nn/linear.h"
#include "nn/mlp.h"
#include "nn/norm.h"
#include "nn/rotary.h"

namespace fo1 {

// Grouped-query attention: heads / kv_heads query heads share one key and value head.
struct QwenAttentionImpl : torch::nn::Module {
  QwenAttentionImpl(const LanguageConfig& config, const at::TensorOptions& options);
  // x [T, C]: the T tokens after those in `cache` (may be null: no tokens before, none kept).
  // Without a cache also [S, T, C], S sequences.
  // mask: bool [T, known + T], true where a token may look; undefined: at all before it and itself.
  at::Tensor forward(const at::Tensor& x, const RotaryTable& rotary, const at::Tensor& mask,
                     KvCache* cache);

  int64_t layer = 0;  // which layer of the cache is this one's
  int64_t heads, kv_heads, head_dim;
  Linear q_proj{nullptr}, k_proj{nullptr}, v_proj{nullptr}, o_proj{nullptr};
};
TORCH_MODULE(QwenAttention);

struct QwenLayerImpl : torch::nn::Module {
  QwenLayerImpl(const LanguageConfig& config, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& x, const RotaryTable& rotary, const at::Tensor& mask,
                     KvCache* cache);  // as QwenAttention

  RmsNorm input_norm{nullptr}, post_norm{nullptr};
  QwenAttention attention{nullptr};
  SwiGlu mlp{nullptr};
};
TORCH_MODULE(QwenLayer);

struct QwenImpl : torch::nn::Module {
  QwenImpl(const LanguageConfig& config, const at::TensorOptions& options);

  at::Tensor embed(const at::Tensor& ids) { return embed_tokens(ids); }  // int64 [T] -> [T, C]

  // embeds [T, C], positions int64 [3, T] -> hidden states [T, C], normalised. With a cache, its
  // tokens are read as the past and the T new ones are added. Without one also S sequences at once,
  // [S, T, C] with positions [3, S, T]: a token looks at none after it, so that the shorter ones
  // may be filled up at their end. Checks `control` before each layer.
  // look: bool [T, T], or [S, 1, T, T] for S sequences: where a token of a sequence without a past
  // may look, instead of at all before it and itself.
  at::Tensor forward(const at::Tensor& embeds, const at::Tensor& positions, KvCache* cache,
                     const Control& control, const at::Tensor& look = {});

  LanguageConfig config;
  Embedding embed_tokens{nullptr};
  std::vector<QwenLayer> layers;
  RmsNorm norm{nullptr};
};
TORCH_MODULE(Qwen);

// Angles of multimodal rotary positions: frequency i follows the axis its section names.
// positions int64 [3, ..., T] -> float32 [..., T, D/2]
at::Tensor mrope_angles(const LanguageConfig& config, const at::Tensor& positions);

}  // namespace fo1
