// What the region encoder is made of, as config.json says it.
#pragma once

#include <cstdint>
#include <vector>

#include "base/json.h"

namespace fo1 {

// How the two towers' features become one.
enum class Fusion { kConcat, kMean };

// Whose box is embedded, and where the embedding is added. The last two do so whatever
// RegionConfig::add_position says.
enum class BoxPosition {
  kPrimaryBox,      // to the fused feature
  kAuxiliaryBox,    // to the fused feature
  kEachTower,       // to each tower's feature, before fusion
  kAuxiliaryTower,  // to the auxiliary tower's feature, before fusion
};

// What a position is embedded from: the box, the cells of the auxiliary maps, or both.
enum class PositionStrategy { kBox, kMap, kBoth };

struct RegionConfig {
  int64_t bins = 7;  // mm_roi_output_size: RoIAlign bins per axis

  std::vector<int64_t> auxiliary_dims = {256, 512, 1024, 2048};  // channels of each map
  int64_t auxiliary_stride = 4;                                  // pixels a cell of the first map
  std::vector<int64_t> auxiliary_chosen;  // fo1_auxiliary_levels: which maps, from 0; empty: all

  int64_t primary_dim = 1280;           // channels of a primary level
  int64_t primary_levels = 4;           // full-attention blocks
  std::vector<int64_t> primary_chosen;  // fo1_primary_levels: likewise, where there is no pyramid
  int64_t primary_stride = 14;          // pixels a cell
  bool primary_feature = true;          // mm_use_vision_tower_region_feature
  bool primary_only = false;            // mm_use_vt_region_feature_only
  bool auxiliary_only = false;          // fo1_auxiliary_only: the same for the other tower
  bool primary_pyramid = true;          // mm_use_simpleFPN_for_vt
  int64_t pyramid_dim = 512;            // mm_fpn_out_channels

  Fusion fusion = Fusion::kConcat;                      // mm_region_feature_combination
  BoxPosition box_position = BoxPosition::kPrimaryBox;  // mm_region_feature_combination
  bool add_position = true;                             // mm_apply_position_embedding
  PositionStrategy position = PositionStrategy::kBox;   // mm_pos_embedding_strategy
  bool layer_norm = false;                              // mm_apply_region_layer_norm

  int64_t auxiliary_width() const;  // of one region's auxiliary feature
  int64_t primary_width() const;    // of one region's primary feature
  int64_t width() const;            // of the fused feature

  bool embeds_cells() const { return add_position && position != PositionStrategy::kBox; }
  bool embeds_box() const {  // after fusion
    return add_position && position != PositionStrategy::kMap && !embeds_box_before_fusion();
  }
  bool embeds_box_before_fusion() const {
    return box_position == BoxPosition::kEachTower || box_position == BoxPosition::kAuxiliaryTower;
  }

  // Throws kUnsupported for combinations that have no defined result.
  void validate() const;
};

// Reads and validates. A missing key keeps the default above, the released model's value.
RegionConfig region_config_from(const JsonView& config);

}  // namespace fo1
