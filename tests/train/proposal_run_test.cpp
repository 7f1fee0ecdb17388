// Whole runs of the proposal stage, on a few pictures of squares.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/error.h"
#include "base/files.h"
#include "image/codec.h"
#include "proposal/proposal_network.h"
#include "support/errors.h"
#include "train/coco_boxes.h"
#include "train/training_folder.h"
#include "weights/safetensors_writer.h"

namespace fo1::train {
namespace {

using test::fails_with;
namespace fs = std::filesystem;

constexpr int kSide = 96, kPictures = 4;

// A grey picture with a bright square, as a file; -> the square as COCO has it.
Json draw_square(const std::string& path, int number) {
  RgbImage picture = new_rgb_image({kSide, kSide}, path);
  const int x = 8 + 14 * number, y = 50 - 10 * number, side = 24 + 4 * number;
  for (int row = 0; row < kSide; ++row) {
    for (int column = 0; column < kSide; ++column) {
      const bool inside = column >= x && column < x + side && row >= y && row < y + side;
      for (int c = 0; c < 3; ++c) {
        picture.pixels[static_cast<std::size_t>((row * kSide + column) * 3 + c)] =
            inside ? 230 : 90;
      }
    }
  }
  write_file(path, encode_picture(picture, ".png"));
  return {x, y, side, side};
}

class ProposalRun : public TrainingFolder {
 protected:
  ProposalRun() {
    fs::create_directories(path("data"));
    fs::create_directories(path("model"));
    Json coco = {{"images", Json::array()}, {"annotations", Json::array()}};
    for (int i = 0; i < kPictures; ++i) {
      const std::string name = cat(i, ".png");
      coco["images"].push_back({{"id", i}, {"file_name", name}});
      coco["annotations"].push_back(
          {{"image_id", i}, {"bbox", draw_square(path("data/" + name), i)}});
    }
    write("data/annotations.json", coco);
    write("model/config.json", {{"hidden_dim", 32},
                                {"swin_embed_dim", 8},
                                {"swin_depths", {1, 1, 2}},
                                {"swin_num_heads", {1, 2, 4}},
                                {"swin_window_size", 4},
                                {"swin_out_indices", {1, 2}},
                                {"num_queries", 8},
                                {"dim_feedforward", 48},
                                {"num_heads", 4},
                                {"num_points", 2},
                                {"num_feature_levels", 2},
                                {"encoder_layers", 1},
                                {"decoder_layers", 2},
                                {"group_norm_groups", 4},
                                {"resize_short", kSide},
                                {"resize_max", kSide}});
    run_ = {{"stage", "proposals"},  {"model", "model"},   {"data", {"data"}},
            {"steps", 12},           {"batch", kPictures}, {"warmup_steps", 2},
            {"learning_rate", 4e-3}, {"save_every", 4},    {"report_every", 1}};
  }
};

TEST_F(ProposalRun, TheLossFallsAndTheModelLoads) {
  const std::vector<double> losses = train("out", {{"steps", 40}});
  ASSERT_EQ(losses.size(), 40u);
  EXPECT_LT(losses.back(), 0.6 * losses.front());
  const std::string config_path = path("out/config.json");
  const Json json = load_json(config_path);
  const auto network =
      make_proposal_network({json, config_path}, {Json::object(), config_path}, {});
  network->load(Checkpoint::open(path("out")));
}

TEST_F(ProposalRun, ShorterProductsTrainToo) {
  const std::vector<double> losses = train("out", {{"steps", 30}, {"precision", "bfloat16"}});
  EXPECT_LT(losses.back(), 0.8 * losses.front());
}

TEST_F(ProposalRun, SamplesThatAreLearntTogetherStandAlone) {
  expect_samples_alone();
}

TEST_F(ProposalRun, GoesOnExactlyWhereItWas) {
  const std::vector<double> whole = train("whole");
  train_in_part("part", 6);  // saved after step 4: two steps are lost
  const std::vector<double> rest = train("part");
  EXPECT_EQ(rest, std::vector<double>(whole.begin() + 4, whole.end()));
  for (const char* file : {"model.safetensors", "state.safetensors"}) {
    EXPECT_EQ(read_file(path(cat("whole/", file))), read_file(path(cat("part/", file)))) << file;
  }
  // Each step has one line of metrics.
  std::istringstream lines(read_file(path("part/metrics.jsonl")));
  std::int64_t step = 0;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_EQ(Json::parse(line)["step"], ++step);
  }
  EXPECT_EQ(step, 12);
}

TEST_F(ProposalRun, AStateIsCompleteAndChecked) {
  train("first", {{"steps", 1}});
  train("second", {{"steps", 2}, {"weights", "first"}});
  fs::remove_all(path("first"));
  EXPECT_EQ(train("second", {{"steps", 3}, {"weights", "first"}}).size(), 1u);
  EXPECT_TRUE(fails_with(
      [&] {
        train("second", {{"steps", 3}, {"weights", "first"}, {"weight_decay", 0.5}});
      },
      ErrorCode::kInvalidArgument,
      "second/state.safetensors: of a run begun with \"weight_decay\" left out, which is now 0.5"));
  fs::copy_file(path("second/model.safetensors"), path("second/state.safetensors"),
                fs::copy_options::overwrite_existing);
  EXPECT_TRUE(fails_with([&] { train("second"); }, ErrorCode::kCorruptFile,
                         "the run was of another model"));
}

// Weights that are no numbers any more are not the pictures' fault.
TEST_F(ProposalRun, ALossWithoutANumberEndsTheRun) {
  train("first", {{"steps", 1}});
  NamedTensors broken;
  const Checkpoint first = Checkpoint::open(path("first"));
  for (const std::string& name : first.names()) {
    broken.emplace_back(name, at::full_like(first.tensor(name), NAN));
  }
  fs::create_directories(path("broken"));
  write_safetensors(path("broken/model.safetensors"), broken);
  EXPECT_TRUE(fails_with(
      [&] {
        train("out", {{"weights", "broken"}});
      },
      ErrorCode::kInternal, "not finite"));
}

TEST_F(ProposalRun, FrozenWeightsStayAsTheyAre) {
  train("first", {{"steps", 1}});
  train("second", {{"steps", 3},
                   {"weights", "first"},
                   {"rates", {{{"pattern", "backbone.*"}, {"factor", 0}}}}});
  EXPECT_EQ(change("first", "second", "backbone."), "frozen");
  EXPECT_EQ(change("first", "second", "transformer.decoder."), "changed");
}

TEST_F(ProposalRun, BadSamplesAreLeftOut) {
  write_file(path("data/0.png"), "no picture");
  Json coco = load_json(path("data/annotations.json"));
  coco["annotations"].push_back({{"image_id", 77}, {"bbox", {1, 2, 3, 4}}});
  coco["annotations"].push_back({{"image_id", 1}, {"bbox", {1, 2, 0, 4}}});
  coco["annotations"].push_back({{"image_id", 1}, {"bbox", "all"}});
  coco["annotations"].push_back({{"image_id", 1}, {"bbox", {1, 2, 30, 40}}, {"iscrowd", 1}});
  write("data/annotations.json", coco);
  const std::vector<BoxSample> samples = read_coco_boxes(path("data"));
  ASSERT_EQ(samples.size(), 4u);
  EXPECT_EQ(samples[1].boxes.size(), 1u);
  EXPECT_EQ(train("out", {{"steps", 2}}).size(), 2u);

  for (int i = 1; i < kPictures; ++i) fs::remove(path(cat("data/", i, ".png")));
  EXPECT_TRUE(fails_with(
      [&] {
        train("none", {{"steps", 2}});
      },
      ErrorCode::kCorruptFile, "no sample of step 1 can be used"));
}

TEST_F(ProposalRun, WrongConfigurationsAreNamed) {
  const auto refused = [&](const Json& changes, const char* message) {
    return fails_with([&] { config("out", changes); }, ErrorCode::kCorruptFile, message);
  };
  EXPECT_TRUE(refused({{"stepz", 3}}, "stepz: expected one of the keys stage"));
  EXPECT_TRUE(refused({{"steps", 0}}, "steps: expected a number from 1 on"));
  EXPECT_TRUE(refused({{"data", Json::array()}}, "data: expected at least one data set"));
  EXPECT_TRUE(refused({{"learning_rate", -1}}, "learning_rate: expected a number from 0 to 10"));
  EXPECT_TRUE(fails_with(
      [&] {
        train("out", {{"rates", {{{"pattern", "*"}, {"factor", 0}}}}});
      },
      ErrorCode::kInvalidArgument, "every parameter is frozen"));
  train("out", {{"steps", 1}});
  Json other = load_json(path("model/config.json"));
  other["dim_feedforward"] = 64;
  write("model/config.json", other);
  EXPECT_TRUE(fails_with([&] { train("out"); }, ErrorCode::kCorruptFile, "choose another \"out\""));
}

TEST(LearningRate, WarmsUpAndFallsAlongACosine) {
  TrainConfig config;
  config.steps = 110;
  config.warmup_steps = 10;
  config.learning_rate = 1;
  config.last_rate = 0.1;
  EXPECT_DOUBLE_EQ(learning_rate(config, 0), 0.1);
  EXPECT_DOUBLE_EQ(learning_rate(config, 9), 1);
  EXPECT_DOUBLE_EQ(learning_rate(config, 10), 1);
  EXPECT_NEAR(learning_rate(config, 60), 0.55, 1e-9);
  EXPECT_NEAR(learning_rate(config, 110), 0.1, 1e-9);
}

}  // namespace
}  // namespace fo1::train
