// What differs between checkpoints of OmDet-Turbo (arXiv 2403.06892), in Hugging Face's layout.
#pragma once

#include "base/json.h"
#include "nn/activation.h"
#include "proposal/clip_text.h"
#include "proposal/deformable_attention.h"
#include "proposal/swin.h"

namespace fo1 {

// Of the encoder that mixes the backbone's maps.
struct OmDetEncoderConfig {
  std::vector<int64_t> in_dims = {192, 384, 768};  // channels of each map
  int64_t dim = 256;                               // and of each map that leaves
  std::vector<int64_t> transformed = {2};          // maps that pass a transformer
  int64_t layers = 1, heads = 8, hidden = 2048;    // of each transformer
  bool position = true;                            // its tokens know where they are
  double temperature = 10000;
  int64_t csp_dim = 256;  // inside the blocks that join two maps
  Activation feedforward_activation = Activation::kRelu;
  Activation conv_activation = Activation::kGelu, csp_activation = Activation::kSilu;
  double layer_norm_eps = 1e-5, batch_norm_eps = 1e-5;
};

struct OmDetDecoderConfig {
  int64_t dim = 256;
  int64_t class_dim = 512;     // of a label's vector and of the task's
  int64_t task_hidden = 1024;  // of the task's feed-forward block
  int64_t queries = 900;
  int64_t levels = 3;
  int64_t layers = 6, heads = 8, points = 4, hidden = 2048;
  bool cosine = true;            // how tokens and labels compare; else the dot product
  bool learned_queries = false;  // queries start from weights, not from the cells they stand for
  Activation activation = Activation::kRelu;
  double layer_norm_eps = 1e-5;

  DeformableAttentionConfig attention() const { return {dim, heads, levels, points}; }
};

// Defaults: the published omdet-turbo-swin-tiny.
struct OmDetConfig {
  SwinConfig backbone{.pad_before_shift = false, .output_norms = false, .outputs = {1, 2, 3}};
  ClipTextConfig text;
  OmDetEncoderConfig encoder;
  OmDetDecoderConfig decoder;
  PictureRule picture{.fit = PictureRule::Fit::kStretch,
                      .stretched = {640, 640},
                      .white = 255,
                      .mean = {123.675, 116.28, 103.53},
                      .std = {58.395, 57.12, 57.375}};

  void validate() const;
};
// config.json and preprocessor_config.json; defaults where keys are absent. Throws kUnsupported,
// kCorruptFile.
OmDetConfig omdet_config_from(const JsonView& config, const JsonView& preprocessor);

}  // namespace fo1
