// What differs between checkpoints of the Universal Proposal Network (T-Rex2, arXiv 2403.14610; its
// detector is Deformable DETR's with DINO's query selection).
#pragma once

#include "base/json.h"
#include "proposal/boxes.h"
#include "proposal/deformable_attention.h"
#include "proposal/selection.h"
#include "proposal/swin.h"

namespace fo1 {

// Defaults: the published Swin-L model.
struct UpnConfig {
  SwinConfig swin{.dim = 192, .depths = {2, 2, 18, 2}, .heads = {6, 12, 24, 48}, .window = 12};
  int64_t dim = 256;
  int64_t queries = 900;
  int64_t hidden = 2048;  // of the feed-forward blocks
  int64_t heads = 8, points = 4, levels = 5;
  int64_t encoder_layers = 6, decoder_layers = 6;
  int64_t groups = 32;                // of the projections' GroupNorm
  int64_t image_sine_features = 128;  // per axis
  int64_t box_sine_features = 128;    // per coordinate
  double image_sine_temperature = 20, box_sine_temperature = 10000;
  double layer_norm_eps = 1e-5, group_norm_eps = 1e-5;
  double inverse_sigmoid_eps = 1e-3;
  CellBoxRule cells;
  PictureRule picture;
  Selection selection;

  DeformableAttentionConfig attention() const { return {dim, heads, levels, points}; }
  void validate() const;
};

// `config`: the checkpoint's config.json; defaults where keys are absent. Throws kUnsupported,
// kCorruptFile.
UpnConfig upn_config_from(const JsonView& config);

}  // namespace fo1
