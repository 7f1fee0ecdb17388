// OmDet-Turbo's decoder: the cells that match a label best become queries, which look at each
// other, at the task's words and at the maps, and refine their boxes.
#pragma once

#include "base/control.h"
#include "proposal/boxes.h"
#include "proposal/omdet_encoder.h"

namespace fo1 {

// What is looked for. K: labels, T: tokens of the task.
struct OmDetPrompt {
  at::Tensor classes;  // [B, K, E]; zeros where a picture of a batch has fewer labels
  at::Tensor task;     // [B, T, E]
  at::Tensor present;  // [B, T], bool: false where a shorter task is filled up; undefined: all true
};

// The maps' cells one after another. S: their number.
struct OmDetMemory {
  at::Tensor tokens;  // [B, S, C]
  LevelSizes levels;
};

// The cells that match best. Q: queries.
struct OmDetSelection {
  at::Tensor logits;  // [B, S, K], float32: every cell's
  at::Tensor cells;   // [B, Q], int64, best first
  at::Tensor tokens;  // [B, Q, C]: their features
  at::Tensor boxes;   // [B, Q, 4]: their first guesses before the sigmoid, float32
};

// What passes from layer to layer.
struct OmDetQueries {
  at::Tensor tokens;  // [B, Q, C]
  at::Tensor task;    // [B, T, C]
  at::Tensor boxes;   // [B, Q, 4], cxcywh in fractions of the picture, float32
};

struct OmDetBoxes {
  at::Tensor logits;  // [B, Q, K], float32
  at::Tensor boxes;   // [B, Q, 4], cxcywh in fractions of the picture, float32
};

// LayerNorm(x + feed-forward(x)).
struct OmDetTaskEncoderImpl : torch::nn::Module {
  OmDetTaskEncoderImpl(const OmDetDecoderConfig& config, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& x);  // [B, T, E] -> same

  Activation activation;
  Linear linear1{nullptr}, linear2{nullptr};
  LayerNorm norm1{nullptr};
};
TORCH_MODULE(OmDetTaskEncoder);

struct OmDetDecoderLayerImpl : torch::nn::Module {
  OmDetDecoderLayerImpl(const OmDetDecoderConfig& config, const at::TensorOptions& options);
  // Changes the tokens of both kinds. position: [B, Q, C], added where queries look; visible:
  // [B, 1, 1, Q + T], bool, or undefined.
  void forward(OmDetQueries& queries, const at::Tensor& position, const OmDetMemory& memory,
               const at::Tensor& visible);

  Activation activation;
  OmDetAttention self_attn{nullptr};
  DeformableAttention cross_attn{nullptr};
  LayerNorm norm1{nullptr}, norm2{nullptr}, norm3{nullptr};
  Linear linear1{nullptr}, linear2{nullptr};

 private:
  void look_around(OmDetQueries& queries, const at::Tensor& position, const at::Tensor& visible);
};
TORCH_MODULE(OmDetDecoderLayer);

struct OmDetDecoderImpl : torch::nn::Module {
  OmDetDecoderImpl(const OmDetDecoderConfig& config, const at::TensorOptions& options);
  // maps: [B, C, H, W], fine to coarse
  OmDetBoxes forward(const FeatureMaps& maps, const OmDetPrompt& prompt, const Control& control);

  // The steps of forward().
  OmDetMemory remember(const FeatureMaps& maps);
  OmDetSelection select(const OmDetMemory& memory, const at::Tensor& classes);
  OmDetQueries start(const OmDetSelection& selection, const at::Tensor& task);
  void refine(std::size_t layer, OmDetQueries& queries, const OmDetMemory& memory,
              const at::Tensor& present);
  at::Tensor classify(const OmDetQueries& queries, const at::Tensor& classes);  // -> [B, Q, K]

  OmDetDecoderConfig config;
  std::vector<ConvNorm> channel_projection_layers;  // of each map
  Linear encoder_features{nullptr};                 // `encoder_vision_features.0`
  LayerNorm encoder_norm{nullptr};                  // `encoder_vision_features.1`
  Linear encoder_class_head{nullptr};
  BoxHead encoder_bbox_head{nullptr};
  OmDetTaskEncoder task_encoder{nullptr};
  Linear task_project{nullptr};
  Embedding tgt_embed{nullptr};  // only with learned queries: [Q, C]
  BoxHead query_position_head{nullptr};
  std::vector<OmDetDecoderLayer> layers;
  std::vector<BoxHead> decoder_bbox_head;  // of each layer
  Linear decoder_class_head{nullptr};      // of the last layer: only its classes leave
};
TORCH_MODULE(OmDetDecoder);

}  // namespace fo1
