#include "encoder/davit.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "fo1/error.h"
#include "support/close.h"
#include "support/golden.h"
#include "support/gradients.h"

namespace fo1 {
namespace {

using test::close_relative;

constexpr double kTolerance = 5e-5;

// The recorded stages name their weights conv.*, spatial_block.*, channel_block.*; stage 0 may be
// recorded without one of the blocks.
void check_stage(std::size_t stage, const std::string& name) {
  const Json json = test::load_data("parity/modules/" + name + ".json");
  const JsonView spec(json, name);
  const test::Golden golden("parity/" + spec.get<std::string>("tensors"));
  const DaVitConfig config;
  const int64_t dim = config.dims[stage];
  const auto options = at::TensorOptions(at::kFloat);

  torch::nn::Module root;
  const auto embed = root.register_module("conv", ConvEmbed(config, stage, options));
  const auto spatial = root.register_module(
      "spatial_block",
      std::make_shared<DaVit::SpatialBlock>(
          "window_attn", WindowAttention(dim, config.heads[stage], config.window, options), dim,
          options));
  const auto channel = root.register_module(
      "channel_block",
      std::make_shared<DaVit::ChannelBlock>(
          "channel_attn", ChannelAttention(dim, config.groups[stage], options), dim, options));
  test::fill(root, spec.at("weights"));

  TokenMap tokens = ConvEmbed(embed)(test::regenerate(spec.at("inputs").at("x")));
  EXPECT_TRUE(close_relative(tokens.x[0], golden["conv"], kTolerance));
  tokens.x = spatial->forward(tokens);
  EXPECT_TRUE(close_relative(tokens.x[0], golden["spatial"], kTolerance));
  tokens.x = channel->forward(tokens);
  EXPECT_TRUE(close_relative(tokens.x[0], golden["channel"], kTolerance));
}

TEST(DaVit, MatchesRecordedStagesOfRealSize) {
  const std::string prefix = "davit_large_stage";
  std::size_t checked = 0;
  for (const std::string name : test::load_data("parity/modules/index.json")) {
    if (!name.starts_with(prefix)) continue;
    SCOPED_TRACE(name);
    check_stage(std::stoul(name.substr(prefix.size())), name);
    ++checked;
  }
  EXPECT_GT(checked, 0u);
}

DaVitConfig tiny_config() {
  DaVitConfig config;
  config.depths = {1, 1, 2, 1};
  config.dims = {8, 16, 16, 32};
  config.heads = {1, 2, 2, 4};
  config.groups = {2, 2, 4, 4};
  config.window = 3;
  return config;
}

TEST(DaVit, RunsOnTheMetaDeviceAtAnySize) {
  const auto meta = at::TensorOptions(at::kMeta).dtype(at::kHalf);
  DaVit davit(tiny_config(), meta);
  const FeatureMaps maps = davit.forward(at::empty({1, 3, 70, 41}, meta), Control::unlimited());
  ASSERT_EQ(maps.size(), 4u);
  EXPECT_EQ(maps[0].sizes(), (std::vector<int64_t>{1, 8, 18, 11}));
  EXPECT_EQ(maps[3].sizes(), (std::vector<int64_t>{1, 32, 3, 2}));
}

TEST(DaVit, PicturesOfABatchDoNotKnowEachOther) {
  DaVit davit(tiny_config(), at::kFloat);
  test::fill_at_random(davit);
  const at::Tensor pixels = at::randn({3, 3, 40, 56});
  const FeatureMaps all = davit.forward(pixels, Control::unlimited());
  for (int64_t i = 0; i < 3; ++i) {
    const FeatureMaps one = davit.forward(pixels.narrow(0, i, 1), Control::unlimited());
    for (std::size_t k = 0; k < one.size(); ++k) {
      EXPECT_TRUE(close_relative(all[k][i], one[k][0], 1e-5));
    }
  }
}

TEST(DaVit, Trains) {
  DaVit davit(tiny_config(), at::kFloat);
  at::manual_seed(2);
  const at::Tensor pixels = at::randn({1, 3, 40, 56});
  test::expect_gradients(davit, [&] {
    std::vector<at::Tensor> maps;
    for (const at::Tensor& map : davit.forward(pixels, Control::unlimited())) {
      maps.push_back(map.flatten());
    }
    return at::cat(maps);
  });
}

TEST(DaVit, OnePixelImageGivesOnePixelMaps) {
  DaVit davit(tiny_config(), at::kFloat);
  for (at::Tensor& p : davit.parameters()) p.fill_(0.1);
  for (const at::Tensor& map : davit.forward(at::ones({1, 3, 1, 1}), Control::unlimited())) {
    EXPECT_EQ(map.size(2) * map.size(3), 1);
    EXPECT_TRUE(map.isfinite().all().item<bool>());
  }
}

TEST(DaVit, StopsBetweenBlocksWhenCancelled) {
  DaVit davit(tiny_config(), at::TensorOptions(at::kMeta));
  Limits limits;
  limits.cancel.cancel();
  EXPECT_THROW(davit.forward(at::empty({1, 3, 32, 32}, at::kMeta), Control(limits)), Error);
}

TEST(EncoderRegistry, UnknownTowersAreRefusedByName) {
  const Json json = parse_json(R"({"mm_vision_tower_aux": "some/convnext.pth"})", "config.json");
  try {
    make_auxiliary_encoder(JsonView(json, "config.json"), {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    EXPECT_NE(std::string(error.what()).find("convnext"), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("davit"), std::string::npos);
  }
}

}  // namespace
}  // namespace fo1
