// UPN's parts, one by one, against recorded tensors.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "proposal/upn_decoder.h"
#include "support/close.h"
#include "support/golden.h"
#include "support/gradients.h"

namespace fo1 {
namespace {

using test::close_absolute;

// 1e-5 absolute and 1e-5 relative.
testing::AssertionResult close(const at::Tensor& actual, const at::Tensor& expected) {
  return close_absolute(actual / (1 + expected.abs()), expected / (1 + expected.abs()), 1e-5);
}

// Fills a module from the tensors named prefix + its own names, in float32.
void fill(torch::nn::Module& module, const test::Golden& golden, const std::string& prefix) {
  for (auto& parameter : module.named_parameters()) {
    parameter.value().set_data(golden[prefix + parameter.key()].to(at::kFloat));
  }
}

LevelSizes levels_of(const test::Golden& golden) {
  LevelSizes levels;
  const at::Tensor shapes = golden["spatial_shapes"];
  for (int64_t l = 0; l < shapes.size(0); ++l) {
    levels.push_back({shapes[l][1].item<int64_t>(), shapes[l][0].item<int64_t>()});
  }
  return levels;
}

SwinConfig stage_config(const JsonView& spec) {
  SwinConfig config;
  config.dim = spec.get<int64_t>("dim");
  config.depths = {spec.get<int64_t>("depth")};
  config.heads = {spec.get<int64_t>("heads")};
  config.window = spec.get<int64_t>("window");
  config.outputs = {0};
  if (spec.has("merged_hw")) {
    config.depths.push_back(0);
    config.heads.push_back(1);
  }
  return config;
}

TEST(SwinStage, MatchesRecordedStages) {
  const Json index = test::load_data("upn/modules/index.json");
  int tried = 0;
  for (const auto& [name, json] : index.items()) {
    if (!name.starts_with("swin_stage")) continue;
    SCOPED_TRACE(name);
    const JsonView spec(json, name);
    const SwinConfig config = stage_config(spec);
    SwinStage stage(config, 0, at::kFloat);
    const test::Golden golden("upn/modules/" + name + ".safetensors");
    fill(*stage, golden, "param.");
    const auto hw = spec.get<std::vector<int64_t>>("hw");
    const at::Tensor x = golden["x"].unflatten(1, {hw[0], hw[1]});
    const at::Tensor y = stage(x, Control::unlimited());
    EXPECT_TRUE(close(y.flatten(1, 2), golden["block.1"]));
    if (spec.has("merged_hw")) {
      const at::Tensor merged = stage->downsample(y);
      EXPECT_EQ(merged.size(1), spec.get<std::vector<int64_t>>("merged_hw")[0]);
      EXPECT_TRUE(close(merged.flatten(1, 2), golden["downsampled"]));
    }
    ++tried;
  }
  EXPECT_GE(tried, 3);
}

TEST(SwinAttention, PieceByPieceEqualsAtOnce) {
  at::manual_seed(3);
  SwinConfig config;
  config.window = 5;
  SwinAttention attention(config, 12, 3, at::kFloat);
  for (at::Tensor& parameter : attention->parameters()) parameter.normal_(0, 0.3);
  for (const auto& [height, width] :
       {std::pair<int64_t, int64_t>{13, 17}, {5, 4}, {3, 21}, {20, 5}}) {
    for (const int64_t shift : {0, 2}) {
      const SwinWindows windows{height, width, 5, 5, shift, shift};
      const int64_t count = 2 * windows.rows() * windows.columns();
      const at::Tensor tokens = at::randn({count, 25, 12});
      EXPECT_TRUE(close(attention->attend_by_rows(tokens, windows),
                        attention->attend_at_once(tokens, windows)))
          << height << " " << width << " " << shift;
    }
  }
}

TEST(SwinMerging, MatchesRecordedOddSizes) {
  const test::Golden golden("upn/modules/patch_merging.safetensors");
  SwinMerging merging(24, at::kFloat);
  fill(*merging, golden, "param.");
  for (int i = 0; golden.has(cat("x.", i)); ++i) {
    const at::Tensor hw = golden[cat("hw.", i)];
    const at::Tensor x =
        golden[cat("x.", i)].unflatten(1, {hw[0].item<int64_t>(), hw[1].item<int64_t>()});
    EXPECT_TRUE(close(merging(x).flatten(1, 2), golden[cat("output.", i)])) << i;
  }
}

TEST(SwinPatchEmbed, MatchesRecordedOddSizes) {
  const test::Golden golden("upn/modules/patch_embed.safetensors");
  SwinConfig config;
  config.dim = 24;
  SwinPatchEmbed embed(config, at::kFloat);
  fill(*embed, golden, "param.");
  for (int i = 0; golden.has(cat("x.", i)); ++i) {
    const at::Tensor map = embed(golden[cat("x.", i)]).permute({0, 3, 1, 2});
    EXPECT_TRUE(close(map, golden[cat("output.", i)])) << i;
  }
}

TEST(DeformableAttention, MatchesRecordedLayers) {
  for (const auto& [name, dim] : {std::pair("msda_module_small", 64), {"msda_module_real", 256}}) {
    SCOPED_TRACE(name);
    const test::Golden golden(cat("upn/modules/", name, ".safetensors"));
    DeformableAttention layer(DeformableAttentionConfig{dim, 8, 5, 4}, at::kFloat);
    fill(*layer, golden, "param.");
    for (const char* kind : {"2", "4"}) {
      const at::Tensor out =
          layer(golden["query"], golden[cat("reference_points_", kind)], golden["input_flatten"],
                levels_of(golden), golden["padding_mask"].to(at::kBool));
      EXPECT_TRUE(close(out, golden[cat("output_", kind)])) << kind;
    }
  }
}

TEST(UpnLayers, MatchRecordedLayers) {
  const test::Golden golden("upn/modules/transformer_layers.safetensors");
  UpnConfig config;
  config.dim = 64;
  config.hidden = 128;
  UpnPyramid pyramid;
  pyramid.levels = levels_of(golden);
  pyramid.position = golden["pos"];

  UpnEncoderLayer encoder(config, at::kFloat);
  fill(*encoder, golden, "encoder.");
  EXPECT_TRUE(close(encoder(golden["src"], pyramid, golden["encoder_reference_points"]),
                    golden["encoder_output"]));

  UpnDecoderLayer decoder(config, at::kFloat);
  fill(*decoder, golden, "decoder.");
  const auto batch_first = [&](const char* name) { return golden[name].transpose(0, 1); };
  EXPECT_TRUE(close(decoder(batch_first("tgt"), batch_first("tgt_query_pos"),
                            batch_first("tgt_reference_points"), golden["src"], pyramid),
                    batch_first("decoder_output")));
}

TEST(Swin, Trains) {
  const SwinConfig config{
      .dim = 8, .depths = {2, 2}, .heads = {2, 4}, .window = 4, .outputs = {0, 1}};
  Swin swin(config, at::kFloat);
  at::manual_seed(2);
  const at::Tensor pixels = at::randn({1, 3, 44, 36});
  test::expect_gradients(*swin, [&] {
    const FeatureMaps maps = swin(pixels, Control::unlimited());
    return at::cat({maps[0].flatten(), maps[1].flatten()});
  });
}

TEST(UpnLayers, Train) {
  UpnConfig config;
  config.dim = 32;
  config.hidden = 48;
  config.levels = 2;
  config.heads = 4;
  UpnPyramid pyramid;
  pyramid.levels = {{6, 5}, {3, 3}};
  at::manual_seed(2);
  const int64_t cells = total_cells(pyramid.levels);
  pyramid.position = at::randn({1, cells, 32});
  const at::Tensor memory = at::randn({1, cells, 32});

  UpnEncoderLayer encoder(config, at::kFloat);
  const at::Tensor centres = at::rand({1, cells, 2, 2});
  test::expect_gradients(*encoder, [&] { return encoder(memory, pyramid, centres); });

  UpnDecoderLayer decoder(config, at::kFloat);
  const at::Tensor queries = at::randn({1, 7, 32}), position = at::randn({1, 7, 32}),
                   boxes = at::rand({1, 7, 2, 4});
  test::expect_gradients(*decoder,
                         [&] { return decoder(queries, position, boxes, memory, pyramid); });
}

TEST(UpnEmbeddings, MatchRecordedSines) {
  const test::Golden image("upn/modules/sine_image.safetensors");
  for (int i = 0; image.has(cat("mask.", i)); ++i) {
    const at::Tensor expected = image[cat("output.", i)];
    EXPECT_TRUE(
        close(image_sine_embedding(image[cat("mask.", i)].to(at::kBool), expected.size(1) / 2, 20),
              expected))
        << i;
  }
  const test::Golden box("upn/modules/sine_box.safetensors");
  EXPECT_TRUE(close(box_sine_embedding(box["boxes"], 128, 10000), box["output_4"]));
}

TEST(UpnCells, MatchRecordedProposals) {
  const test::Golden golden("upn/modules/encoder_proposals.safetensors");
  const LevelSizes levels = levels_of(golden);
  const at::Tensor ratios = golden["valid_ratios"];
  EXPECT_TRUE(close(cell_references(levels, ratios), golden["encoder_reference_points"]));

  std::vector<at::Tensor> sides;
  for (const Size& level : levels) {
    sides.push_back(
        at::tensor({static_cast<float>(level.width), static_cast<float>(level.height)}));
  }
  const CellBoxes cells = cell_boxes(levels, at::kCPU, (ratios * at::stack(sides)).round());
  const at::Tensor padded = golden["mask_flatten"].to(at::kBool).unsqueeze(-1);
  const at::Tensor expected = golden["output_proposals"];
  const at::Tensor logits = at::where(padded, at::full({}, INFINITY), cells.logits);
  EXPECT_TRUE(at::equal(logits.isinf(), expected.isinf()));
  const at::Tensor finite = expected.isfinite();
  EXPECT_TRUE(close(logits.masked_select(finite), expected.masked_select(finite)));
  const at::Tensor rows =
      at::where(padded | cells.valid.logical_not(), at::zeros({}), golden["memory"]);
  EXPECT_TRUE(at::equal(rows, golden["output_memory"]));
}

TEST(InverseSigmoid, MatchesTheRecordedOne) {
  const test::Golden golden("upn/modules/inverse_sigmoid.safetensors");
  EXPECT_TRUE(close(inverse_sigmoid(golden["x"], 1e-3), golden["output"]));
}

}  // namespace
}  // namespace fo1
