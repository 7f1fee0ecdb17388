// UPN's second half: which cells become queries, and what the queries make of them.
#pragma once

#include "proposal/upn_encoder.h"

namespace fo1 {

// The cells that answer a prompt best. Q: queries.
struct UpnSelection {
  at::Tensor logits;      // [B, S], float32: every cell's
  at::Tensor cells;       // [B, Q], int64, best first
  at::Tensor boxes;       // [B, Q, 4]: first guesses, before the sigmoid, float32
  at::Tensor cell_boxes;  // [B, Q, 4]: the cells' own, after it
};

struct UpnQuerySelectionImpl : torch::nn::Module {
  UpnQuerySelectionImpl(const UpnConfig& config, const at::TensorOptions& options);
  // memory: [B, S, C], the encoder's; prompt: [C]. Throws kUnsupported when there are fewer cells
  // than queries.
  UpnSelection forward(const at::Tensor& memory, const UpnPyramid& pyramid,
                       const at::Tensor& prompt);

  const UpnConfig config;
  Linear enc_output{nullptr};
  LayerNorm enc_output_norm{nullptr};
  BoxHead enc_out_bbox_embed{nullptr};
};
TORCH_MODULE(UpnQuerySelection);

// boxes [..., 4] -> [..., 4 * features]: sines of y, x, w, h.
at::Tensor box_sine_embedding(const at::Tensor& boxes, int64_t features, double temperature);

struct UpnDecoderLayerImpl : torch::nn::Module {
  UpnDecoderLayerImpl(const UpnConfig& config, const at::TensorOptions& options);
  // queries, position: [B, Q, C]; references: [B, Q, L, 4] -> [B, Q, C]
  at::Tensor forward(const at::Tensor& queries, const at::Tensor& position,
                     const at::Tensor& references, const at::Tensor& memory,
                     const UpnPyramid& pyramid);

  int64_t heads;
  DeformableAttention cross_attn{nullptr};
  at::Tensor in_proj_weight, in_proj_bias;  // [3C, C], [3C]: q, k, v of self-attention
  Linear out_proj{nullptr};
  LayerNorm norm1{nullptr}, norm2{nullptr}, norm3{nullptr};
  Linear linear1{nullptr}, linear2{nullptr};

 private:
  at::Tensor attend(const at::Tensor& queries, const at::Tensor& position);
};
TORCH_MODULE(UpnDecoderLayer);

struct UpnDecoded {
  std::vector<at::Tensor> layers;  // each layer's output, [B, Q, C]
  std::vector<at::Tensor>
      references;      // what each layer was given and the last would give: [B, Q, 4]
  at::Tensor queries;  // the last output, normed
  at::Tensor boxes;    // [B, Q, 4], cxcywh, float32
};

struct UpnDecoderImpl : torch::nn::Module {
  UpnDecoderImpl(const UpnConfig& config, const at::TensorOptions& options);
  // boxes: [B, Q, 4], first guesses before the sigmoid
  UpnDecoded forward(const at::Tensor& boxes, const at::Tensor& memory, const UpnPyramid& pyramid,
                     const Control& control);

  const UpnConfig config;
  Embedding tgt_embed{nullptr};  // what the queries of each rank start from: [Q, C]
  std::vector<UpnDecoderLayer> layers;
  LayerNorm norm{nullptr};
  BoxHead ref_point_head{nullptr};
  BoxHead bbox_embed{nullptr};  // one for all layers
};
TORCH_MODULE(UpnDecoder);

}  // namespace fo1
