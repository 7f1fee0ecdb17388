#include "region/region_config.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "base/error.h"
#include "region/simple_fpn.h"

namespace fo1 {
namespace {

struct CombinationName {
  const char* name;
  Fusion fusion;
  BoxPosition box_position;
};
constexpr CombinationName kCombinations[] = {
    {"concat", Fusion::kConcat, BoxPosition::kPrimaryBox},
    {"concat_aux_pos", Fusion::kConcat, BoxPosition::kAuxiliaryBox},
    {"concat_sep_pos", Fusion::kConcat, BoxPosition::kEachTower},
    {"concat_sep_no_vt_pos", Fusion::kConcat, BoxPosition::kAuxiliaryTower},
    {"mean", Fusion::kMean, BoxPosition::kPrimaryBox},
    {"mean_aux_pos", Fusion::kMean, BoxPosition::kAuxiliaryBox},
    {"mean_sep_pos", Fusion::kMean, BoxPosition::kEachTower},
    {"mean_sep_no_vt_pos", Fusion::kMean, BoxPosition::kAuxiliaryTower},
};

struct StrategyName {
  const char* name;
  PositionStrategy strategy;
};
constexpr StrategyName kStrategies[] = {
    {"bbox_based", PositionStrategy::kBox},
    {"feature_map_based", PositionStrategy::kMap},
    {"hybrid", PositionStrategy::kBoth},
};

// The row whose name the text at `value` is.
template <class Row, std::size_t count>
const Row& row_named(const JsonView& value, const Row (&rows)[count]) {
  const auto name = value.get<std::string>();
  std::string known;
  for (const Row& row : rows) {
    if (name == row.name) return row;
    known += cat(known.empty() ? "" : ", ", row.name);
  }
  value.expected(cat("one of ", known));
}

template <class T>
void read(const JsonView& from, const char* key, T& field) {
  field = from.get_or<T>(key, field);
}

void read_primary_tower(const JsonView& tower, RegionConfig& region) {
  read(tower, "hidden_size", region.primary_dim);
  read(tower, "patch_size", region.primary_stride);
  if (tower.has("fullatt_block_indexes")) {
    region.primary_levels = static_cast<int64_t>(tower.at("fullatt_block_indexes").size());
  }
}

void read_auxiliary_tower(const JsonView& tower, RegionConfig& region) {
  read(tower, "dim_embed", region.auxiliary_dims);
  if (tower.has("patch_stride")) {
    region.auxiliary_stride = tower.at("patch_stride").at(0).get<int64_t>();
  }
}

void check_sizes(const RegionConfig& region) {
  const auto& dims = region.auxiliary_dims;
  const int64_t smallest =
      std::min({region.bins, region.auxiliary_stride, region.primary_dim, region.primary_levels,
                region.primary_stride, region.pyramid_dim,
                dims.empty() ? 0 : *std::min_element(dims.begin(), dims.end())});
  if (smallest < 1) {
    fail(ErrorCode::kUnsupported, "region encoder: every size must be at least 1, got ", smallest);
  }
}

void check_chosen(const std::vector<int64_t>& chosen, int64_t count, const char* key) {
  int64_t last = -1;
  for (const int64_t level : chosen) {
    if (level <= last || level >= count) {
      fail(ErrorCode::kUnsupported, "region encoder: ", key, ": expected rising numbers of ", count,
           " maps from 0 on, got ", level, " after ", last);
    }
    last = level;
  }
}

void check_levels(const RegionConfig& region) {
  check_chosen(region.auxiliary_chosen, static_cast<int64_t>(region.auxiliary_dims.size()),
               "fo1_auxiliary_levels");
  check_chosen(region.primary_chosen, region.primary_levels, "fo1_primary_levels");
  if (region.primary_pyramid && !region.primary_chosen.empty()) {
    fail(ErrorCode::kUnsupported,
         "region encoder: fo1_primary_levels cannot be used with mm_use_simpleFPN_for_vt");
  }
}

// Positions before fusion exist for the widths of one tower configuration only: no other was
// trained.
void check_separate_positions(const RegionConfig& region) {
  constexpr int64_t kAuxiliaryWidth = 2880, kConcatPrimaryWidth = 5120;
  if (region.primary_only) {
    fail(ErrorCode::kUnsupported,
         "region encoder: mm_use_vt_region_feature_only leaves no tower for a separate position");
  }
  if (region.auxiliary_width() != kAuxiliaryWidth) {
    fail(ErrorCode::kUnsupported, "region encoder: separate positions need auxiliary features ",
         kAuxiliaryWidth, " wide, got ", region.auxiliary_width());
  }
  if (region.box_position != BoxPosition::kEachTower) return;
  if (region.primary_pyramid) {
    fail(ErrorCode::kUnsupported,
         "region encoder: a position for each tower cannot be used with mm_use_simpleFPN_for_vt");
  }
  const int64_t primary = region.fusion == Fusion::kMean ? kAuxiliaryWidth : kConcatPrimaryWidth;
  if (region.primary_width() != primary) {
    fail(ErrorCode::kUnsupported, "region encoder: separate positions need primary features ",
         primary, " wide, got ", region.primary_width());
  }
}

void check_embeddable(int64_t width, int64_t divisor, const char* what) {
  if (width % divisor != 0) {
    fail(ErrorCode::kUnsupported, "region encoder: position embedding of ", what, " ", width,
         " wide: expected a multiple of ", divisor);
  }
}

}  // namespace

int64_t RegionConfig::auxiliary_width() const {
  if (auxiliary_chosen.empty()) {
    return std::accumulate(auxiliary_dims.begin(), auxiliary_dims.end(), int64_t{0});
  }
  int64_t width = 0;
  for (const int64_t level : auxiliary_chosen) {
    width += auxiliary_dims[static_cast<std::size_t>(level)];
  }
  return width;
}

int64_t RegionConfig::primary_width() const {
  if (primary_pyramid) return pyramid_dim * static_cast<int64_t>(kPyramidScales.size());
  const auto chosen = static_cast<int64_t>(primary_chosen.size());
  return primary_dim * (chosen > 0 ? chosen : primary_levels);
}

int64_t RegionConfig::width() const {
  if (auxiliary_only) return auxiliary_width();
  if (primary_only || fusion == Fusion::kMean) return primary_width();
  return auxiliary_width() + primary_width();
}

void RegionConfig::validate() const {
  check_sizes(*this);
  check_levels(*this);
  if (primary_only && auxiliary_only) {
    fail(ErrorCode::kUnsupported,
         "region encoder: mm_use_vt_region_feature_only and "
         "fo1_auxiliary_only leave no tower");
  }
  if (!primary_feature) {
    fail(ErrorCode::kUnsupported,
         "region encoder: mm_use_vision_tower_region_feature: false has no defined result");
  }
  if (!primary_only && !auxiliary_only && fusion == Fusion::kMean &&
      auxiliary_width() != primary_width()) {
    fail(ErrorCode::kUnsupported, "region encoder: the mean of features ", auxiliary_width(),
         " (auxiliary) and ", primary_width(), " (primary) wide is not defined");
  }
  if (embeds_box_before_fusion()) check_separate_positions(*this);
  if (embeds_box()) check_embeddable(width(), 8, "a region feature");
  if (embeds_cells()) {
    for (const int64_t dim : auxiliary_dims) check_embeddable(dim, 4, "an auxiliary map");
  }
}

RegionConfig region_config_from(const JsonView& config) {
  RegionConfig region;
  read(config, "mm_roi_output_size", region.bins);
  read(config, "mm_use_vision_tower_region_feature", region.primary_feature);
  read(config, "mm_use_vt_region_feature_only", region.primary_only);
  read(config, "fo1_auxiliary_only", region.auxiliary_only);
  read(config, "fo1_auxiliary_levels", region.auxiliary_chosen);
  read(config, "fo1_primary_levels", region.primary_chosen);
  read(config, "mm_use_simpleFPN_for_vt", region.primary_pyramid);
  read(config, "mm_fpn_out_channels", region.pyramid_dim);
  read(config, "mm_apply_position_embedding", region.add_position);
  read(config, "mm_apply_region_layer_norm", region.layer_norm);
  if (config.has("vision_config")) read_primary_tower(config.at("vision_config"), region);
  if (config.has("aux_vision_config")) read_auxiliary_tower(config.at("aux_vision_config"), region);
  if (config.has("mm_pos_embedding_strategy")) {
    region.position = row_named(config.at("mm_pos_embedding_strategy"), kStrategies).strategy;
  }
  if (config.has("mm_region_feature_combination")) {
    const auto& row = row_named(config.at("mm_region_feature_combination"), kCombinations);
    region.fusion = row.fusion;
    region.box_position = row.box_position;
  }
  region.validate();
  if (config.get_or("mm_region_hidden_size", region.width()) != region.width()) {
    config.at("mm_region_hidden_size")
        .expected(cat(region.width(), ", the towers' widths together"));
  }
  return region;
}

}  // namespace fo1
