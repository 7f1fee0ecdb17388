// CLIP's text transformer (arXiv 2103.00020): words become vectors.
#pragma once

#include <vector>

#include "base/json.h"
#include "nn/activation.h"
#include "nn/linear.h"
#include "nn/norm.h"

namespace fo1 {

// Defaults: CLIP ViT-B/16's.
struct ClipTextConfig {
  int64_t vocabulary = 49408;
  int64_t positions = 77;  // the longest text, in tokens
  int64_t dim = 512;
  int64_t hidden = 2048;  // of the feed-forward blocks
  int64_t layers = 12, heads = 8;
  Activation activation = Activation::kQuickGelu;
  double norm_eps = 1e-5;

  void validate() const;
};
// `config`: the `text_config` part of a config.json; defaults where keys are absent.
ClipTextConfig clip_text_config_from(const JsonView& config);

struct ClipTextLayerImpl : torch::nn::Module {
  ClipTextLayerImpl(const ClipTextConfig& config, const at::TensorOptions& options);
  // x: [B, T, C]; mask: [T, T], bool, true: the row's token may look at the column's -> [B, T, C]
  at::Tensor forward(const at::Tensor& x, const at::Tensor& mask);

  int64_t heads;
  Activation activation;
  LayerNorm layer_norm1{nullptr}, layer_norm2{nullptr};
  Linear q_proj{nullptr}, k_proj{nullptr}, v_proj{nullptr}, out_proj{nullptr};
  Linear fc1{nullptr}, fc2{nullptr};
};
TORCH_MODULE(ClipTextLayer);

struct ClipTextImpl : torch::nn::Module {
  ClipTextImpl(const ClipTextConfig& config, const at::TensorOptions& options);
  // ids: [B, T], int64 -> normed states [B, T, C]. A token sees those before it only: what fills up
  // a shorter text changes nothing.
  at::Tensor forward(const at::Tensor& ids);

  ClipTextConfig config;
  Embedding token_embedding{nullptr}, position_embedding{nullptr};
  std::vector<ClipTextLayer> layers;
  LayerNorm final_layer_norm{nullptr};
};
TORCH_MODULE(ClipText);

}  // namespace fo1
