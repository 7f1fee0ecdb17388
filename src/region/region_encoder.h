// Hybrid fine-grained region encoder: the feature maps of two towers and the boxes of the regions
// become one vector per region.
#pragma once

#include <span>

#include "base/stage_types.h"
#include "region/region_config.h"
#include "region/simple_fpn.h"

namespace fo1 {

// The maps that regions of B pictures are pooled from. They depend on the images only: made once,
// used for any number of box sets.
struct RegionMaps {
  FeatureMaps auxiliary;  // [B, C_l, H_l, W_l], fine to coarse
  FeatureMaps primary;    // the pyramid's maps, float32; without a pyramid the levels as they came
  Size auxiliary_image;   // pixels under the maps: what boxes are relative to
  Size primary_image;
};

// Position embedding: as configured, or off.
enum class Positions { kConfigured, kOff };

// Tensors of some checkpoints, beside the encoder's own, that take no part in the computation.
inline constexpr const char* kUnusedRegionWeights = "vision_tower_region_feature_projector.*";

// Weights and arithmetic are float32 whatever the maps' dtype, and under autocast. Registered names
// are those below `model.object_vp_extractor.`.
struct RegionEncoderImpl : torch::nn::Module {
  RegionEncoderImpl(const RegionConfig& config, at::Device device);

  // auxiliary: fine to coarse. primary: the hidden states after the full-attention blocks.
  RegionMaps prepare(const FeatureMaps& auxiliary, const FeatureMaps& primary);

  // -> [R, config.width()], float32, on the maps' device. A region's row does not depend on the
  // order of the boxes, to the bit.
  at::Tensor encode(const RegionMaps& maps, const PreparedBoxes& boxes,
                    Positions positions = Positions::kConfigured);
  // Regions of each picture of the maps, one picture after another.
  at::Tensor encode(const RegionMaps& maps, std::span<const PreparedBoxes> pictures,
                    Positions positions = Positions::kConfigured);

  at::Tensor forward(const FeatureMaps& auxiliary, const FeatureMaps& primary,
                     const PreparedBoxes& boxes);

  RegionConfig config;
  SimpleFpn pyramid{nullptr};
  LayerNorm auxiliary_norm{nullptr}, primary_norm{nullptr};

 private:
  // counts: how many boxes are of each picture of the maps.
  at::Tensor auxiliary_feature(const RegionMaps& maps, const at::Tensor& boxes,
                               at::IntArrayRef counts, Positions positions);
  at::Tensor primary_feature(const RegionMaps& maps, const at::Tensor& boxes,
                             at::IntArrayRef counts);
  at::Tensor fused_feature(const RegionMaps& maps, const PreparedBoxes& boxes,
                           at::IntArrayRef counts, Positions positions);
};
TORCH_MODULE(RegionEncoder);

}  // namespace fo1
