#include "region/region_config.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/errors.h"

namespace fo1 {
namespace {

using test::fails_with;

RegionConfig read(const Json& json) {
  return region_config_from({json, "config.json"});
}

TEST(RegionConfig, DefaultsAreTheReleasedModel) {
  const RegionConfig config = read(Json::object());
  EXPECT_EQ(config.auxiliary_width(), 3840);
  EXPECT_EQ(config.primary_width(), 2048);
  EXPECT_EQ(config.width(), 5888);
  EXPECT_TRUE(config.embeds_box());
  EXPECT_FALSE(config.embeds_cells());
}

TEST(RegionConfig, ReadsTheTowers) {
  const RegionConfig config = read({
      {"mm_use_simpleFPN_for_vt", false},
      {"vision_config",
       {{"hidden_size", 64}, {"patch_size", 16}, {"fullatt_block_indexes", {1, 3, 5}}}},
      {"aux_vision_config", {{"dim_embed", {32, 64}}, {"patch_stride", {8, 2}}}},
      {"mm_region_hidden_size", 96 + 3 * 64},
  });
  EXPECT_EQ(config.auxiliary_width(), 96);
  EXPECT_EQ(config.primary_width(), 192);
  EXPECT_EQ(config.primary_stride, 16);
  EXPECT_EQ(config.auxiliary_stride, 8);
}

TEST(RegionConfig, NamesOfCombinationsAndStrategies) {
  const RegionConfig config = read({{"mm_region_feature_combination", "concat_aux_pos"},
                                    {"mm_pos_embedding_strategy", "hybrid"}});
  EXPECT_EQ(config.fusion, Fusion::kConcat);
  EXPECT_EQ(config.box_position, BoxPosition::kAuxiliaryBox);
  EXPECT_TRUE(config.embeds_box() && config.embeds_cells());
  EXPECT_TRUE(fails_with(
      [] {
        read({{"mm_region_feature_combination", "sum"}});
      },
      ErrorCode::kCorruptFile,
      "config.json: mm_region_feature_combination: expected one of concat, "));
  EXPECT_TRUE(fails_with(
      [] {
        read({{"mm_pos_embedding_strategy", "none"}});
      },
      ErrorCode::kCorruptFile, "one of bbox_based, feature_map_based, hybrid"));
}

TEST(RegionConfig, ContradictionsAreErrors) {
  EXPECT_TRUE(fails_with(
      [] {
        read({{"mm_region_hidden_size", 448}});
      },
      ErrorCode::kCorruptFile, "mm_region_hidden_size: expected 5888"));
  EXPECT_TRUE(fails_with(
      [] {
        read({{"mm_roi_output_size", "7"}});
      },
      ErrorCode::kCorruptFile, "mm_roi_output_size"));
}

TEST(RegionConfig, RefusesWhatHasNoResult) {
  const auto refused = [](const Json& json, const std::string& why) {
    return fails_with([&] { read(json); }, ErrorCode::kUnsupported, why);
  };
  EXPECT_TRUE(refused({{"mm_use_vision_tower_region_feature", false}},
                      "mm_use_vision_tower_region_feature"));
  EXPECT_TRUE(refused({{"mm_region_feature_combination", "mean"}}, "3840 (auxiliary) and 2048"));
  EXPECT_TRUE(
      refused({{"mm_region_feature_combination", "concat_sep_pos"}}, "2880 wide, got 3840"));
  EXPECT_TRUE(refused({{"mm_fpn_out_channels", 33}}, "a multiple of 8"));
  EXPECT_TRUE(refused({{"fo1_auxiliary_levels", {1, 1}}}, "rising numbers of 4 maps"));
  EXPECT_TRUE(refused({{"fo1_auxiliary_levels", {4}}}, "got 4"));
  EXPECT_TRUE(refused({{"fo1_primary_levels", {0}}}, "with mm_use_simpleFPN_for_vt"));
  EXPECT_TRUE(refused({{"fo1_auxiliary_only", true}, {"mm_use_vt_region_feature_only", true}},
                      "leave no tower"));
  EXPECT_TRUE(refused({{"mm_roi_output_size", 0}}, "at least 1, got 0"));
  EXPECT_TRUE(
      refused({{"aux_vision_config", {{"dim_embed", Json::array()}}}}, "at least 1, got 0"));
}

}  // namespace
}  // namespace fo1
