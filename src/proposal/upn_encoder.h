// UPN's neck and encoder: the backbone's maps become one pyramid of tokens that look at each other.
#pragma once

#include "proposal/upn_config.h"

namespace fo1 {

// The pyramid of a batch of pictures. S: cells of all levels.
struct UpnPyramid {
  LevelSizes levels;
  at::Tensor tokens;    // [B, S, C]
  at::Tensor position;  // [B, S, C]: where a cell is, and in which level
  at::Tensor padding;   // [B, S], bool: outside its picture; undefined: no cell is
  at::Tensor ratios;    // [B, L, 2], float32: part of each level that is picture, across and down
};

// The backbone's maps projected to one width, and coarser ones made of the last.
struct UpnNeckImpl : torch::nn::Module {
  UpnNeckImpl(const UpnConfig& config, const at::TensorOptions& options);
  // padding: [B, H, W], bool, of the pixels, or undefined -> without UpnPyramid::position's level
  // part
  UpnPyramid forward(const FeatureMaps& maps, const at::Tensor& padding);

  struct Projection {
    Conv2d conv{nullptr};
    at::Tensor weight, bias;  // of the GroupNorm, [C]
  };
  const UpnConfig config;
  std::vector<Projection> projections;  // of each level
};
TORCH_MODULE(UpnNeck);

// Sines and cosines by turns, at falling frequencies: float32 [...] -> [..., features].
at::Tensor sine_features(const at::Tensor& position, int64_t features, double temperature);

// Sine and cosine of the rows and columns inside the picture: padding [B, H, W], bool ->
// [B, C, H, W], channels of y before those of x.
at::Tensor image_sine_embedding(const at::Tensor& padding, int64_t features, double temperature);

// Centres of all cells in fractions of every level: [B, S, L, 2], float32.
at::Tensor cell_references(const LevelSizes& levels, const at::Tensor& ratios);

struct UpnEncoderLayerImpl : torch::nn::Module {
  UpnEncoderLayerImpl(const UpnConfig& config, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& tokens, const UpnPyramid& pyramid,
                     const at::Tensor& references);  // [B, S, C] -> same

  DeformableAttention self_attn{nullptr};
  LayerNorm norm1{nullptr}, norm2{nullptr};
  Linear linear1{nullptr}, linear2{nullptr};
};
TORCH_MODULE(UpnEncoderLayer);

}  // namespace fo1
