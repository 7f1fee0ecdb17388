// What the two image encoders of a model have to offer, and the table of those that exist.
#pragma once

#include <torch/nn/module.h>

#include <memory>
#include <string>
#include <vector>

#include "base/control.h"
#include "base/json.h"
#include "base/stage_types.h"
#include "nn/placement.h"

namespace fo1 {

// The VLM's own image encoder. Registered names are those below `model.vision_tower.image_tower.`.
struct PrimaryEncoder : torch::nn::Module {
  // patches [B*gh*gw, patch values]: B pictures of one grid, each in merge order, on the encoder's
  // device, any float dtype.
  virtual PrimaryFeatures forward(const at::Tensor& patches, int64_t grid_h, int64_t grid_w,
                                  const Control& control) = 0;
  virtual int64_t token_dim() const = 0;                // width of PrimaryFeatures::tokens
  virtual std::vector<int64_t> level_dims() const = 0;  // channels of PrimaryFeatures::levels
  virtual int64_t merge() const = 0;                    // a token stands for merge x merge patches
};

// The high-resolution encoder. Registered names are those below
// `model.vision_tower_aux.image_tower.`.
struct AuxiliaryEncoder : torch::nn::Module {
  // pixels [B, 3, H, W] at least one pixel a side, normalised -> maps fine to coarse.
  virtual FeatureMaps forward(const at::Tensor& pixels, const Control& control) = 0;
  virtual std::vector<int64_t> level_dims() const = 0;
};

// `config`: the checkpoint's config.json. Throws kUnsupported, listing the known kinds, when the
// table has no row for it.
std::shared_ptr<PrimaryEncoder> make_primary_encoder(const JsonView& config,
                                                     const Placement& placement);
std::shared_ptr<AuxiliaryEncoder> make_auxiliary_encoder(const JsonView& config,
                                                         const Placement& placement);

}  // namespace fo1
