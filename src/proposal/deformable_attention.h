// Multi-scale deformable attention as a layer (Deformable DETR, arXiv 2010.04159, section 4.1).
#pragma once

#include "nn/linear.h"
#include "ops/deformable_attention.h"

namespace fo1 {

struct DeformableAttentionConfig {
  int64_t dim = 256, heads = 8, levels = 4, points = 4;
};

struct DeformableAttentionImpl : torch::nn::Module {
  DeformableAttentionImpl(const DeformableAttentionConfig& config,
                          const at::TensorOptions& options);
  // query       [B, Q, C]
  // references  [B, Q, L or 1, 2 or 4]: centre, or centre and sides, as fractions of each level
  // memory      [B, S, C]: the levels' cells
  // padding     [B, S], bool: true where memory counts as zeros; may be undefined
  // -> [B, Q, C]
  at::Tensor forward(const at::Tensor& query, const at::Tensor& references,
                     const at::Tensor& memory, const LevelSizes& levels,
                     const at::Tensor& padding = {});

  // Its two steps: what there is to read, once, and the reading of any number of queries.
  at::Tensor values(const at::Tensor& memory, const at::Tensor& padding);  // -> [B, S, heads, D]
  at::Tensor attend(const at::Tensor& query, const at::Tensor& references, const at::Tensor& values,
                    const LevelSizes& levels);

  DeformableAttentionConfig config;
  Linear sampling_offsets{nullptr}, attention_weights{nullptr};
  Linear value_proj{nullptr}, output_proj{nullptr};
};
TORCH_MODULE(DeformableAttention);

}  // namespace fo1
