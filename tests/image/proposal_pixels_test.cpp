#include "image/proposal_pixels.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "image/resample.h"
#include "image/rgb_image.h"
#include "image/sha256.h"
#include "support/close.h"
#include "support/data.h"
#include "support/golden.h"

namespace fo1 {
namespace {

TEST(FitShortSide, MatchesRecordedSizes) {
  const Json json = test::load_data("upn/modules/resize_rule.json");
  for (const Json& row : json["rows"]) {
    const Size size = fit_short_side({row[0], row[1]}, 800, 1333);
    EXPECT_EQ(size, (Size{row[3], row[2]})) << row;
  }
}

TEST(FitShortSide, NoSideBecomesZero) {
  EXPECT_EQ(fit_short_side({1, 100000}, 800, 1333), (Size{1, 100000}));
  EXPECT_EQ(fit_short_side({100000, 2}, 800, 1333), (Size{50000, 1}));
}

TEST(ProposalPixels, ResizedPicturesMatchToTheByte) {
  const PictureRule rule;
  int tried = 0;
  for (const auto& entry : std::filesystem::directory_iterator(test::data_path("upn/tiny/cases"))) {
    if (entry.path().extension() != ".json") continue;
    const std::string name = entry.path().stem().string();
    const Json json = test::load_data("upn/tiny/cases/" + name + ".json");
    const Image image = Image::load(test::data_path("upn/images/" + name + ".png"));
    const Size size = fit_short_side({image.width(), image.height()}, 800, 1333);
    EXPECT_EQ(size, (Size{json["resized_hw"][1], json["resized_hw"][0]})) << name;
    const at::Tensor resized = resample(rgb_tensor(image), size, ResampleFilter::kBilinear);
    EXPECT_EQ(test::sha256(resized), json["resized_rgb_sha256"]) << name;

    const test::Golden golden("upn/tiny/cases/" + name + ".safetensors");
    if (golden.has("input")) {
      EXPECT_TRUE(
          test::close_absolute(proposal_pixels(rgb_tensor(image), rule)[0], golden["input"], 1e-6));
      ++tried;
    }
  }
  EXPECT_GT(tried, 0);
}

TEST(ProposalPixels, StretchedPicturesMatch) {
  PictureRule rule;
  rule.fit = PictureRule::Fit::kStretch;
  rule.stretched = {192, 192};
  rule.white = 255;
  rule.mean = {123.675, 116.28, 103.53};
  rule.std = {58.395, 57.12, 57.375};
  const Image image = Image::load(test::data_path("omdet_turbo/images/omdet_320x240.png"));
  const test::Golden golden("omdet_turbo/cases/batch0.safetensors");
  EXPECT_TRUE(
      test::close_absolute(proposal_pixels(rgb_tensor(image), rule), golden["pixel_values"], 1e-5));
}

}  // namespace
}  // namespace fo1
