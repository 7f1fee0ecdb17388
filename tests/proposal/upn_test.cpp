// UPN against recorded tensors of small models: whole batches, stage by stage.
#include "proposal/upn.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "proposal/upn_models.h"
#include "support/close.h"
#include "support/data.h"
#include "support/errors.h"
#include "support/golden.h"
#include "support/gradients.h"

namespace fo1 {
namespace {

using test::close_absolute;
using test::fails_with;

// Tolerances of the recordings.
constexpr double kMaps = 2e-4, kLogits = 1e-3, kBoxes = 1e-4;

struct Batch {
  at::Tensor pixels;   // [B, 3, H, W], zeros below and right of smaller pictures
  at::Tensor padding;  // [B, H, W]
};

Batch batch_of(const test::Golden& golden) {
  std::vector<at::Tensor> pictures;
  int64_t height = 0, width = 0;
  while (golden.has(cat("input.", pictures.size()))) {
    pictures.push_back(golden[cat("input.", pictures.size())]);
    height = std::max(height, pictures.back().size(1));
    width = std::max(width, pictures.back().size(2));
  }
  const auto count = static_cast<int64_t>(pictures.size());
  Batch batch{at::zeros({count, 3, height, width}), at::ones({count, height, width}, at::kBool)};
  for (int64_t b = 0; b < count; ++b) {
    const at::Tensor& picture = pictures[static_cast<std::size_t>(b)];
    const auto inside = [&](const at::Tensor& x, int64_t dim) {
      return x[b].narrow(dim, 0, picture.size(1)).narrow(dim + 1, 0, picture.size(2));
    };
    inside(batch.pixels, 1).copy_(picture);
    inside(batch.padding, 0).fill_(false);
  }
  return batch;
}

void expect_encoded(const FeatureMaps& maps, const Upn::Encoded& encoded,
                    const test::Golden& golden) {
  const auto expect = [&](const std::string& name, const at::Tensor& actual, double tolerance) {
    if (golden.has(name)) {
      EXPECT_TRUE(close_absolute(actual, golden[name], tolerance)) << name;
    }
  };
  for (std::size_t s = 0; s < maps.size(); ++s) {
    expect(cat("swin.", s), maps[s], kMaps);
  }
  expect("src_flatten", encoded.pyramid.tokens, kMaps);
  expect("lvl_pos_embed", encoded.pyramid.position, kMaps);
  expect("mask_flatten", encoded.pyramid.padding.to(at::kByte), 0);
  expect("valid_ratios", encoded.pyramid.ratios, 1e-6);
  expect("memory", encoded.memory, kMaps);
  const at::Tensor shapes = golden["spatial_shapes"];
  ASSERT_EQ(shapes.size(0), static_cast<int64_t>(encoded.pyramid.levels.size()));
  for (std::size_t l = 0; l < encoded.pyramid.levels.size(); ++l) {
    EXPECT_EQ(encoded.pyramid.levels[l].height, shapes[static_cast<int64_t>(l)][0].item<int64_t>());
    EXPECT_EQ(encoded.pyramid.levels[l].width, shapes[static_cast<int64_t>(l)][1].item<int64_t>());
  }
}

// `ties`: cells with equal logits were chosen, in no certain order.
void expect_found(const Upn::Found& found, const test::Golden& golden, const std::string& prefix,
                  bool ties) {
  const auto expect = [&](const std::string& name, const at::Tensor& actual, double tolerance) {
    if (golden.has(prefix + name)) {
      EXPECT_TRUE(close_absolute(actual, golden[prefix + name], tolerance)) << prefix << name;
    }
  };
  const UpnSelection& selection = found.selection;
  expect("enc_class_logits", selection.logits, kLogits);
  expect("topk_logits", selection.logits.gather(1, selection.cells), kLogits);
  if (!ties) {
    EXPECT_TRUE(at::equal(selection.cells, golden[prefix + "topk"])) << prefix;
  }
  expect("init_box_proposal", selection.cell_boxes, kBoxes);
  const at::Tensor guesses = golden[prefix + "refpoint_unsigmoid"];
  EXPECT_TRUE(close_absolute(selection.boxes.sigmoid(), guesses.sigmoid(), kBoxes));
  for (std::size_t l = 0; l < found.decoded.layers.size(); ++l) {
    expect(cat("decoder.", l), found.decoded.layers[l], kMaps);
  }
  expect("references", at::stack(found.decoded.references), kBoxes);
  expect("pred_logits", found.logits.unsqueeze(-1), kLogits);
  expect("pred_boxes", found.decoded.boxes, kBoxes);
}

void expect_batch(Upn& upn, const std::string& tensors, bool ties = false) {
  const test::Golden golden(tensors);
  const Batch batch = batch_of(golden);
  const FeatureMaps maps = upn.backbone(batch.pixels, Control::unlimited());
  const Upn::Encoded encoded = upn.mix(maps, batch.padding, Control::unlimited());
  expect_encoded(maps, encoded, golden);
  for (const std::string& name : upn.prompts()) {
    if (!golden.has(name + ".pred_logits")) continue;
    const at::Tensor prompt = upn.read({{name}, {}, {}}, Control::unlimited()).classes[0];
    expect_found(upn.decode(encoded, prompt, Control::unlimited()), golden, name + ".", ties);
  }
}

TEST(Upn, OnePictureMatchesAtEveryStage) {
  expect_batch(*test::tiny_upn(), "upn/tiny/tensor_cases/single.safetensors");
}

TEST(Upn, NoPaddingEqualsPaddingOfNothing) {
  Upn& upn = *test::tiny_upn();
  const Batch batch = batch_of(test::Golden("upn/tiny/tensor_cases/single.safetensors"));
  ASSERT_FALSE(batch.padding.any().item<bool>());
  const Control& control = Control::unlimited();
  const at::Tensor prompt = upn.read({}, control).classes[0];
  const Upn::Found with =
      upn.decode(upn.encode(batch.pixels, batch.padding, control), prompt, control);
  const Upn::Found without = upn.decode(upn.encode(batch.pixels, {}, control), prompt, control);
  EXPECT_TRUE(at::equal(with.selection.cells, without.selection.cells));
  EXPECT_TRUE(at::equal(with.logits, without.logits));
  EXPECT_TRUE(at::equal(with.decoded.boxes, without.decoded.boxes));
}

// Norms over tens of thousands of cells whose values lie far from zero, laid out as the backbone
// leaves them.
TEST(Upn, LargeMapsKeepTheirDigits) {
  Upn& upn = *test::tiny_upn();
  FeatureMaps maps, wide;
  int64_t side = 192;
  for (const int64_t dim : upn.backbone->config.output_dims()) {
    maps.push_back((at::randn({1, side, side, dim}) + 3).permute({0, 3, 1, 2}));
    wide.push_back(maps.back().to(at::kDouble));
    side /= 2;
  }
  const at::Tensor tokens = upn.neck(maps, at::Tensor()).tokens;
  upn.neck->to(at::kDouble);
  const at::Tensor exact = upn.neck(wide, at::Tensor()).tokens;
  upn.neck->to(at::kFloat);
  EXPECT_TRUE(close_absolute(tokens, exact.to(at::kFloat), 2e-5));
}

TEST(Upn, PicturesOfTwoSizesMatch) {
  expect_batch(*test::tiny_upn(), "upn/tiny/tensor_cases/batch2.safetensors");
}

TEST(Upn, InvalidCellsMayBeChosen) {
  expect_batch(*test::tiny_upn(), "upn/tiny/tensor_cases/invalid_selected.safetensors",
               /*ties=*/true);
}

TEST(Upn, RealWidthMatches) {
  if (!std::filesystem::exists(test::data_path("upn/d256"))) {
    GTEST_SKIP() << "the model of real width is in the full set of recordings only";
  }
  const std::shared_ptr<Upn> upn = test::load_upn("upn/d256");
  expect_batch(*upn, "upn/d256/tensor_cases/single.safetensors");
  expect_batch(*upn, "upn/d256/tensor_cases/batch2.safetensors");
}

TEST(Upn, BothPromptsAtOnceGiveTheBoxesOfBoth) {
  Upn& upn = *test::tiny_upn();
  const test::Golden golden("upn/tiny/tensor_cases/single.safetensors");
  const at::Tensor pixels = golden["input.0"].unsqueeze(0);
  const auto found = [&](std::vector<std::string> names) {
    return upn.propose(pixels, upn.read({std::move(names), {}, {}}, Control::unlimited()),
                       Control::unlimited());
  };
  const Candidates both = found({"fine", "coarse"});
  const Candidates fine = found({"fine"}), coarse = found({"coarse"});
  EXPECT_EQ(both.scores.size(0), 2 * upn.config.queries);
  const at::Tensor expected = at::cat({fine.scores, coarse.scores});
  EXPECT_TRUE(at::equal(both.scores, std::get<0>(expected.sort(0, /*descending=*/true))));
  EXPECT_TRUE(at::equal(found({}).boxes, fine.boxes));
}

TEST(Upn, RealSizesRunOnTheMetaDevice) {
  const Placement meta{at::kMeta, at::kHalf};
  const UpnConfig config;
  Upn upn(config, meta);
  const auto options = meta.options();
  const at::Tensor padding = at::empty({1, 800, 1333}, options.dtype(at::kBool));
  const Upn::Encoded encoded =
      upn.encode(at::empty({1, 3, 800, 1333}, options), padding, Control::unlimited());
  EXPECT_EQ(encoded.memory.sizes(), (std::vector<int64_t>{1, 89023, 256}));
  const Upn::Found found = upn.decode(encoded, at::empty({256}, options), Control::unlimited());
  EXPECT_EQ(found.decoded.boxes.sizes(), (std::vector<int64_t>{1, 900, 4}));
  EXPECT_EQ(found.decoded.boxes.scalar_type(), at::kFloat);
}

// What a training loss sees: every cell's logit, the first guesses, each layer's boxes and states.
TEST(Upn, EveryWeightLearns) {
  const Json json = test::load_data("upn/tiny/config.json");
  Upn upn(upn_config_from({json, "config.json"}), Placement{});
  test::fill_at_random(upn);
  for (at::Tensor& parameter : upn.parameters()) parameter.requires_grad_(true);
  const Upn::Encoded encoded = upn.encode(at::randn({1, 3, 128, 160}), {}, Control::unlimited());
  at::Tensor loss = at::zeros({});
  for (const Embedding& prompt : {upn.fine_prompt, upn.coarse_prompt}) {
    const Upn::Found found = upn.decode(encoded, prompt->weight[0], Control::unlimited());
    loss = loss + found.selection.logits.square().mean() + found.logits.square().mean() +
           found.selection.boxes.sigmoid().sum() + found.decoded.boxes.sum();
    for (std::size_t l = 1; l < found.decoded.references.size(); ++l) {
      loss = loss + found.decoded.references[l].sum();
    }
  }
  loss.backward();
  for (const auto& item : upn.named_parameters()) {
    const at::Tensor gradient = item.value().grad();
    ASSERT_TRUE(gradient.defined()) << item.key();
    EXPECT_TRUE(gradient.isfinite().all().item<bool>()) << item.key();
    EXPECT_GT(gradient.abs().sum().item<double>(), 0) << item.key();
  }
}

TEST(Upn, NamesWhatItCannotLookFor) {
  Upn& upn = *test::tiny_upn();
  EXPECT_TRUE(fails_with(
      [&] {
        upn.read({{"finest"}, {}, {}}, Control::unlimited());
      },
      ErrorCode::kInvalidArgument, "no prompt \"finest\", expected fine or coarse"));
  EXPECT_TRUE(fails_with(
      [&] {
        upn.read({{}, {{1, 2}}, {}}, Control::unlimited());
      },
      ErrorCode::kInvalidArgument, "reads no labels"));
}

TEST(Upn, TooFewCellsForTheQueriesAreAnError) {
  Upn& upn = *test::tiny_upn();
  const at::Tensor pixels = at::zeros({1, 3, 8, 8});
  EXPECT_TRUE(fails_with(
      [&] { upn.propose(pixels, upn.read({}, Control::unlimited()), Control::unlimited()); },
      ErrorCode::kUnsupported, "8 cells for num_queries 100"));
}

TEST(Upn, StopsWhenCancelled) {
  Limits limits;
  limits.cancel.cancel();
  Upn& upn = *test::tiny_upn();
  EXPECT_TRUE(fails_with(
      [&] {
        upn.propose(at::zeros({1, 3, 64, 64}), upn.read({}, Control::unlimited()), Control(limits));
      },
      ErrorCode::kCancelled, "propose"));
}

TEST(UpnConfig, RefusesWhatDoesNotFit) {
  const auto refuses = [](Json change, ErrorCode code, const std::string& text) {
    Json json = test::load_data("upn/tiny/config.json");
    json.update(change);
    return fails_with([&] { upn_config_from({json, "config.json"}); }, code, text);
  };
  const auto unsupported = ErrorCode::kUnsupported;
  EXPECT_TRUE(refuses({{"hidden_dim", 65}}, unsupported, "multiple of num_heads"));
  EXPECT_TRUE(refuses({{"num_queries", 0}}, unsupported, "sizes must be 1 to 1048576"));
  EXPECT_TRUE(refuses({{"swin_depths", {2, 2}}}, unsupported, "same length"));
  EXPECT_TRUE(refuses({{"swin_out_indices", {0, 9}}}, unsupported, "out_indices"));
  EXPECT_TRUE(
      refuses({{"activation_ffn", "gelu"}}, unsupported, "activation_ffn: expected \"relu\""));
  EXPECT_TRUE(refuses({{"image_std", {1, 1}}}, ErrorCode::kCorruptFile, "3 numbers"));
  EXPECT_TRUE(refuses({{"image_std", {1, 1, 0}}}, unsupported, "image_std"));
  EXPECT_TRUE(refuses({{"resize_short", "big"}}, ErrorCode::kCorruptFile, "resize_short"));
}

}  // namespace
}  // namespace fo1
