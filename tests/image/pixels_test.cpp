#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "image/auxiliary_pixels.h"
#include "image/primary_pixels.h"
#include "image/print.h"
#include "image/sha256.h"
#include "support/errors.h"
#include "support/golden.h"

namespace fo1 {
namespace {

using test::fails_with;
using test::Golden;
using test::sha256;

struct Processors {
  Json rows = test::load_data("parity/image/index.json")["processors"];
  Golden golden{"parity/image/processors.safetensors"};
  at::Tensor picture(const Json& row) const {
    return golden["in." + std::to_string(row["id"].get<int>())].contiguous();
  }
};

TEST(PrimaryPixels, AreTheReferencesToTheLastBit) {
  const Processors processors;
  ASSERT_FALSE(processors.rows.empty());
  for (const Json& row : processors.rows) {
    const PrimaryPixels pixels = primary_pixels(processors.picture(row), {});
    EXPECT_EQ(Json({{1, pixels.grid_h, pixels.grid_w}}), row["grid_thw"]);
    EXPECT_EQ(sha256(pixels.patches), row["primary_sha256"]) << row["id"];
  }
}

TEST(AuxiliaryPixels, AreTheReferencesToTheLastBit) {
  const Processors processors;
  int compared = 0;
  for (const Json& row : processors.rows) {
    for (const Json& aux : row["aux"]) {
      AuxiliaryPixelsConfig config;
      config.aspect_ratio = aux["mode"];
      config.image_size = aux["image_size"];
      const at::Tensor pixels = auxiliary_pixels(processors.picture(row), config);
      EXPECT_EQ(Json({pixels.size(3), pixels.size(2)}), aux["wh"]);
      EXPECT_EQ(sha256(pixels), aux["sha256"]) << row["id"] << " " << aux["mode"];
      ++compared;
    }
  }
  EXPECT_GT(compared, 0);
}

// Which pixel stands where, with sizes that all differ.
TEST(PrimaryPixels, PatchesFollowEachOtherInMergeOrder) {
  PrimaryPixelsConfig config;
  config.patch_size = 5;
  config.temporal_patch_size = 3;
  config.merge_size = 2;
  config.min_pixels = 1;
  config.colours = {{0, 0, 0}, {1, 1, 1}};
  const at::Tensor picture = at::randint(0, 256, {20, 40, 3}, at::kByte);
  const PrimaryPixels pixels = primary_pixels(picture, config);
  EXPECT_EQ(pixels.size(), (Size{40, 20}));
  // [cell row, row in cell, y, cell column, column in cell, x, colour] -> patches
  const at::Tensor expected = (picture.to(at::kDouble) * (1.0 / 255))
                                  .to(at::kFloat)
                                  .view({2, 2, 5, 4, 2, 5, 3})
                                  .permute({0, 3, 1, 4, 6, 2, 5})
                                  .reshape({32, 3, 1, 25})
                                  .expand({32, 3, 3, 25})
                                  .reshape({32, 225});
  EXPECT_TRUE(at::equal(pixels.patches, expected));
}

PrimaryPixelsConfig primary_from(const Json& json) {
  return primary_pixels_config_from({json, "preprocessor_config.json"});
}
AuxiliaryPixelsConfig auxiliary_from(const Json& json) {
  return auxiliary_pixels_config_from({json, "config.json"});
}

TEST(PrimaryPixels, ConfigHasTheModelsDefaults) {
  const PrimaryPixelsConfig config = primary_from({{"size", {{"max_pixels", 7}}}});
  EXPECT_EQ(config.min_pixels, 3136);
  EXPECT_EQ(config.max_pixels, 1003520);
  EXPECT_EQ(primary_from({{"max_pixels", 12845056}}).max_pixels, 12845056);
  EXPECT_EQ(primary_from({{"image_mean", {0, 0.5, 1}}}).colours.mean[1], 0.5);
}

TEST(PrimaryPixels, BadConfigIsNamed) {
  const auto refuses = [](const Json& json, const std::string& text) {
    return fails_with([&] { primary_from(json); }, ErrorCode::kCorruptFile,
                      "preprocessor_config.json: " + text);
  };
  EXPECT_TRUE(refuses({{"patch_size", 0}}, "patch_size is 0, expected 1 to"));
  EXPECT_TRUE(refuses({{"merge_size", 1000}}, "merge_size is 1000"));
  EXPECT_TRUE(refuses({{"min_pixels", 9}, {"max_pixels", 8}}, "min_pixels is 9, expected 1 to 8"));
  EXPECT_TRUE(refuses({{"max_pixels", "many"}}, "max_pixels: expected an integer"));
  EXPECT_TRUE(refuses({{"image_std", {1, 0, 1}}}, "image_mean[1]"));
  EXPECT_TRUE(refuses({{"image_std", {1, 1}}}, "image_std: expected 3 numbers"));
}

TEST(AuxiliaryPixels, ConfigReadsTheTowersKeys) {
  EXPECT_EQ(auxiliary_from(Json::object()).image_size, 768);
  const AuxiliaryPixelsConfig config =
      auxiliary_from({{"aux_image_aspect_ratio", "dynamic"},
                      {"aux_image_size", 5},
                      {"aux_vision_config", {{"image_size", 192}, {"image_std", {1, 2, 3}}}}});
  EXPECT_EQ(config.aspect_ratio, "dynamic");
  EXPECT_EQ(config.image_size, 192);
  EXPECT_EQ(config.colours.std[2], 3);
  EXPECT_EQ(config.colours.mean[0], 0.485);
}

TEST(AuxiliaryPixels, BadConfigIsNamed) {
  EXPECT_TRUE(fails_with(
      [] {
        auxiliary_from({{"aux_image_aspect_ratio", "pad"}});
      },
      ErrorCode::kUnsupported,
      "config.json: aux_image_aspect_ratio is \"pad\", expected one of squash, dynamic_square, "
      "dynamic"));
  EXPECT_TRUE(fails_with(
      [] {
        auxiliary_from({{"aux_vision_config", {{"image_size", 0}}}});
      },
      ErrorCode::kCorruptFile, "aux_vision_config.image_size is 0"));
}

}  // namespace
}  // namespace fo1
