// What one stage hands to the next. Stages do not include each other; they share these.
// Shape letters: see src/README.md.
#pragma once

#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>
#include <vector>

#include "base/placeholders.h"

namespace fo1 {

// Feature maps of one image, fine to coarse, each [1, C_l, H_l, W_l].
using FeatureMaps = std::vector<at::Tensor>;

struct Size {
  std::int64_t width = 0, height = 0;
  bool operator==(const Size&) const = default;
};

// Pixels for the primary encoder: patches in 2x2 merge order.
struct PrimaryPixels {
  at::Tensor patches;                   // [gh*gw, 3*2*14*14], float32, CPU
  std::int64_t grid_h = 0, grid_w = 0;  // patches; both even
  std::int64_t patch_size = 14;         // pixels

  Size size() const { return {grid_w * patch_size, grid_h * patch_size}; }
};

// One picture, ready for both encoders, and what it takes to move boxes onto it.
struct PreparedImage {
  Size file;     // pixels as the caller gave them
  Size loaded;   // after the 28 px rule
  Size resized;  // after the 2048 px rule
  PrimaryPixels primary;
  at::Tensor auxiliary;  // [1, 3, H, W], float32, CPU, normalised

  Size auxiliary_size() const { return {auxiliary.size(3), auxiliary.size(2)}; }
};

// Regions of one image in both encoders' pixels, xyxy float32.
struct PreparedBoxes {
  at::Tensor auxiliary;  // [R, 4], pixels of PreparedImage::auxiliary
  at::Tensor primary;    // [R, 4], pixels of the primary grid: gw*14 x gh*14 ("vt_boxes")
};

// How a proposal network wants its picture: resized (bilinear), then (value * scale - mean) / std.
struct PictureRule {
  enum class Fit { kShortSide, kStretch };
  Fit fit = Fit::kShortSide;
  std::int64_t short_side = 800, long_side = 1333;  // kShortSide: the second is a limit
  Size stretched;                                   // kStretch: any picture gets this size
  double white = 1;                                 // what the value 255 becomes: 1 or 255
  std::array<double, 3> mean = {0.485, 0.456, 0.406}, std = {0.229, 0.224, 0.225};
};

// What the primary encoder returns.
// Of B pictures of one grid, one after another.
struct PrimaryFeatures {
  at::Tensor
      tokens;  // [B*P/4, D_lm]: image tokens in raster order of merged cells, before mm_projector
  FeatureMaps levels;  // hidden state after each full-attention block, [B, C, gh, gw]
  // For tracing: inputs of the raster maps.
  at::Tensor patch_embed;          // [B*P, C], patch order
  std::vector<at::Tensor> blocks;  // k-th full-attention block, [B*P, C] in window order
};

// A run of rows of the language model's input.
struct PromptSegment {
  enum class Kind { kText, kImage, kRegion };
  Kind kind = Kind::kText;
  std::int64_t length = 0;
  Size grid;  // kImage: merged cells
};

}  // namespace fo1
