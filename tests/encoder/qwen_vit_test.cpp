#include "encoder/qwen_vit.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "fo1/error.h"
#include "support/close.h"
#include "support/golden.h"
#include "support/gradients.h"

namespace fo1 {
namespace {

using test::close_absolute;
using test::close_relative;

constexpr double kTolerance = 5e-5;

QwenVitConfig tiny_config() {
  QwenVitConfig config;
  config.depth = 3;
  config.dim = 32;
  config.heads = 2;
  config.hidden = 20;
  config.out_dim = 24;
  config.full_attention_blocks = {0, 2};
  return config;
}

// Rows of 4 patches moved to the place of their merged cell.
at::Tensor by_cell(const at::Tensor& x, const at::Tensor& cells) {
  return x.unflatten(0, {-1, 4}).index_select(0, cells).flatten(0, 1);
}

TEST(QwenVitBlock, MatchesRecordedRealSizeBlock) {
  const Json json = test::load_data("parity/modules/vit_block_1280.json");
  const JsonView spec(json, "vit_block_1280.json");
  const test::Golden golden("parity/" + spec.get<std::string>("tensors"));
  const QwenVitConfig config;
  QwenVitBlock block(config, at::TensorOptions(at::kFloat));
  test::fill(*block, spec.at("weights"));

  const auto grid = spec.at("grid_thw").at(0).get<std::vector<int64_t>>();
  const WindowOrder order =
      window_order(grid[1] / 2, grid[2] / 2, config.window_cells(), 4, at::kCPU);
  EXPECT_TRUE(order.packed.index_select(0, order.reference).equal(golden["window_index"]));

  const at::Tensor x = by_cell(test::regenerate(spec.at("inputs").at("x")), order.packed);
  const RotaryTable rotary =
      rotary_table(by_cell(vit_rotary_angles(config, grid[1], grid[2], at::kCPU), order.packed));
  const at::Tensor cos = at::cat({rotary.cos, rotary.cos}, 1);
  EXPECT_TRUE(close_absolute(by_cell(cos, order.reference), golden["cos"], 1e-6));

  const auto run = [&](std::span<const WindowGroup> groups) {
    return block(x.unsqueeze(0), rotary, groups)[0];
  };
  const at::Tensor windowed = run(order.groups);
  EXPECT_TRUE(close_relative(by_cell(windowed, order.reference), golden["windowed"], kTolerance));
  const WindowGroup everything[] = {{1, x.size(0)}};
  EXPECT_TRUE(
      close_relative(by_cell(run(everything), order.reference), golden["full"], kTolerance));
}

TEST(QwenVit, MergerAndPatchEmbeddingMatchRecordedOnes) {
  const Json json = test::load_data("parity/modules/vit_merger_1280.json");
  const JsonView spec(json, "vit_merger_1280.json");
  const test::Golden golden("parity/" + spec.get<std::string>("tensors"));
  const QwenVitConfig config;
  torch::nn::Module both;
  const auto merger = both.register_module("merger", QwenMerger(config, at::kFloat));
  const auto patch = both.register_module("patch", QwenPatchEmbed(config, at::kFloat));
  test::fill(both, spec.at("weights"));
  const JsonView inputs = spec.at("inputs");
  EXPECT_TRUE(close_relative(QwenMerger(merger)(test::regenerate(inputs.at("x"))), golden["merged"],
                             kTolerance));
  EXPECT_TRUE(close_relative(QwenPatchEmbed(patch)(test::regenerate(inputs.at("pixels"))),
                             golden["patches"], kTolerance));
}

TEST(WindowOrder, IsAPermutationWhoseWindowsAreSquares) {
  for (const auto& [rows, cols] : {std::pair(1, 1), {4, 4}, {5, 9}, {8, 3}, {13, 4}}) {
    const WindowOrder order = window_order(rows, cols, 4, 4, at::kCPU);
    const at::Tensor identity = at::arange(rows * cols, at::kLong);
    EXPECT_TRUE(std::get<0>(order.packed.sort()).equal(identity));
    EXPECT_TRUE(order.packed.index_select(0, order.raster).equal(identity));
    EXPECT_LE(order.groups.size(), 4u);
    int64_t patches = 0;
    for (const WindowGroup& group : order.groups) patches += group.count * group.length;
    EXPECT_EQ(patches, rows * cols * 4);
  }
}

// Attention batched by window equals attention over everything with a mask.
TEST(QwenVitAttention, PackedWindowsEqualMaskedFullAttention) {
  at::manual_seed(1);
  QwenVitAttention attention(32, 2, at::kFloat);
  for (at::Tensor& p : attention->parameters()) p.normal_(0, 0.3);
  const WindowOrder order = window_order(5, 7, 4, 4, at::kCPU);
  const int64_t total = 5 * 7 * 4;
  const at::Tensor x = at::randn({total, 32});
  const RotaryTable rotary = rotary_table(at::randn({total, 8}));

  at::Tensor mask = at::zeros({total, total}, at::kBool);
  int64_t start = 0;
  for (const WindowGroup& group : order.groups) {
    for (int64_t i = 0; i < group.count; ++i, start += group.length) {
      mask.narrow(0, start, group.length).narrow(1, start, group.length).fill_(true);
    }
  }
  const at::Tensor qkv = attention->qkv(x).view({total, 3, 2, 16});
  const at::Tensor q = apply_rotary(qkv.select(1, 0), rotary).transpose(0, 1);
  const at::Tensor k = apply_rotary(qkv.select(1, 1), rotary).transpose(0, 1);
  const at::Tensor scores = at::matmul(q, k.transpose(1, 2)) / 4.0;
  const at::Tensor weights = at::softmax(scores.masked_fill(~mask, -1e30), -1);
  const at::Tensor wanted = attention->proj(
      at::matmul(weights, qkv.select(1, 2).transpose(0, 1)).transpose(0, 1).reshape({total, 32}));
  const at::Tensor packed =
      attention(x.unsqueeze(0), rotary, std::span<const WindowGroup>(order.groups))[0];
  EXPECT_TRUE(close_relative(packed, wanted, 1e-5));
}

TEST(QwenVit, RunsOnTheMetaDevice) {
  const auto meta = at::TensorOptions(at::kMeta).dtype(at::kBFloat16);
  QwenVit vit(tiny_config(), meta);
  const PrimaryFeatures out =
      vit.forward(at::empty({10 * 6, 3 * 2 * 14 * 14}, meta), 10, 6, Control::unlimited());
  EXPECT_EQ(out.tokens.sizes(), (std::vector<int64_t>{15, 24}));
  ASSERT_EQ(out.levels.size(), 2u);
  EXPECT_EQ(out.levels[1].sizes(), (std::vector<int64_t>{1, 32, 10, 6}));
  EXPECT_EQ(out.levels[1].scalar_type(), at::kBFloat16);
}

TEST(QwenVit, PicturesOfABatchDoNotKnowEachOther) {
  QwenVit vit(tiny_config(), at::kFloat);
  test::fill_at_random(vit);
  const at::Tensor patches = at::randn({3, 10 * 6, 3 * 2 * 14 * 14});
  const PrimaryFeatures all = vit.forward(patches.flatten(0, 1), 10, 6, Control::unlimited());
  for (int64_t i = 0; i < 3; ++i) {
    const PrimaryFeatures one = vit.forward(patches[i], 10, 6, Control::unlimited());
    EXPECT_TRUE(close_relative(all.tokens.chunk(3)[i], one.tokens, 1e-5));
    EXPECT_TRUE(close_relative(all.patch_embed.chunk(3)[i], one.patch_embed, 1e-5));
    for (std::size_t k = 0; k < one.levels.size(); ++k) {
      EXPECT_TRUE(close_relative(all.levels[k][i], one.levels[k][0], 1e-5));
      EXPECT_TRUE(close_relative(all.blocks[k].chunk(3)[i], one.blocks[k], 1e-5));
    }
  }
}

TEST(QwenVit, Trains) {
  QwenVit vit(tiny_config(), at::kFloat);
  at::manual_seed(2);
  const at::Tensor patches = at::randn({10 * 6, 3 * 2 * 14 * 14});
  test::expect_gradients(vit, [&] {
    const PrimaryFeatures out = vit.forward(patches, 10, 6, Control::unlimited());
    return at::cat({out.tokens.flatten(), out.levels[0].flatten(), out.levels[1].flatten()});
  });
}

TEST(QwenVit, StopsBetweenBlocksWhenCancelled) {
  const auto meta = at::TensorOptions(at::kMeta);
  QwenVit vit(tiny_config(), meta);
  Limits limits;
  limits.cancel.cancel();
  EXPECT_THROW(vit.forward(at::empty({16, 1176}, meta), 4, 4, Control(limits)), Error);
}

TEST(QwenVitConfig, RefusesSizesThatCannotWork) {
  const auto refuses = [](const char* text) {
    const Json json = parse_json(text, "config.json");
    try {
      qwen_vit_config_from(JsonView(json, "config.json"));
    } catch (const Error& error) {
      return error.code() == ErrorCode::kUnsupported;
    }
    return false;
  };
  EXPECT_TRUE(refuses(R"({"vision_config": {"num_heads": 7}})"));
  EXPECT_TRUE(refuses(R"({"vision_config": {"window_size": 100}})"));
  EXPECT_TRUE(refuses(R"({"vision_config": {"fullatt_block_indexes": [40]}})"));
  EXPECT_FALSE(refuses(R"({"vision_config": {}})"));
}

}  // namespace
}  // namespace fo1
