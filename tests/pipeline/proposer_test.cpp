// fo1::Proposer: from picture files to regions, against recorded results; and its contract.
#include "fo1/proposer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "fo1/input_json.h"
#include "proposal/selection.h"
#include "support/data.h"
#include "support/errors.h"
#include "support/golden.h"
#include "weights/checkpoint.h"
#include "weights/safetensors_writer.h"

namespace fo1 {
namespace {

namespace fs = std::filesystem;
using test::data_path;
using test::fails_with;
using testing::ElementsAre;

const Proposer& tiny_upn() {
  static const Proposer proposer = Proposer::load("upn:" + data_path("upn/tiny"));
  return proposer;
}

Image flat_image(std::int32_t width, std::int32_t height, std::uint8_t grey = 90) {
  const std::vector<std::uint8_t> pixels(static_cast<std::size_t>(width) * height, grey);
  return Image::from_pixels({pixels.data(), width, height, 0, PixelFormat::kGrey});
}

ProposeOptions everything() {
  ProposeOptions options;
  options.min_score = 0;
  options.max_iou = 0;
  options.most = 0;
  return options;
}

// --- recorded results of UPN ---

std::vector<std::string> upn_cases() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(data_path("upn/tiny/cases"))) {
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// What the network finds for one prompt, all of it; looked for once.
const Proposals& everything_in(const Image& image, const std::string& prompt) {
  static std::map<std::string, Proposals> known;
  const auto [place, is_new] = known.try_emplace(image.path() + prompt);
  if (is_new) {
    ProposeOptions options = everything();
    options.prompts = {prompt};
    place->second = tiny_upn().propose(image, options);
  }
  return place->second;
}

class UpnCase : public testing::TestWithParam<std::string> {
 protected:
  UpnCase()
      : json(test::load_data("upn/tiny/cases/" + GetParam() + ".json")),
        golden("upn/tiny/cases/" + GetParam() + ".safetensors"),
        image(Image::load(data_path("upn/images/" + GetParam() + ".png"))) {}

  double pixel_tolerance() const { return 1e-4 * std::max(image.width(), image.height()); }

  Json json;
  test::Golden golden;
  Image image;
};

TEST_P(UpnCase, AllBoxesAndScoresMatch) {
  for (const std::string prompt : {"fine", "coarse"}) {
    const Proposals& found = everything_in(image, prompt);
    const at::Tensor boxes = golden[prompt + ".wrapper_boxes"][0].to(at::kDouble);
    const at::Tensor scores = golden[prompt + ".wrapper_scores"][0].to(at::kDouble);
    ASSERT_EQ(static_cast<std::int64_t>(found.regions.size()), boxes.size(0));
    for (std::int64_t i = 0; i < boxes.size(0); ++i) {
      const Region& region = found.regions[static_cast<std::size_t>(i)];
      const at::Tensor box =
          at::tensor({region.box.x1, region.box.y1, region.box.x2, region.box.y2}, at::kDouble);
      EXPECT_LE((box - boxes[i]).abs().max().item<double>(), pixel_tolerance()) << prompt << i;
      EXPECT_NEAR(region.score.value(), scores[i].item<double>(), 1e-4) << prompt << i;
    }
  }
}

// How many boxes a decision near a threshold may move.
std::size_t slack(const JsonView& expected) {
  const double score = expected.get_or("score_margin", 1.0);
  const double iou = expected.get_or("iou_margin", 1.0);
  return (score < 1e-4 ? 1 : 0) + (iou < 1e-4 ? 1 : 0);
}

// The recorded filter casts to integers and rounds scores; ours does not, so both are compared.
void expect_filtered(const std::vector<Region>& found, const JsonView& expected) {
  const bool none = expected.at("boxes").size() == 0;
  const Json empty = Json::array();
  const JsonView boxes = none ? JsonView(empty, "none") : expected.at("boxes").at(0);
  const std::size_t allowed = slack(expected);
  ASSERT_LE(found.size(), boxes.size() + allowed);
  ASSERT_GE(found.size() + allowed, boxes.size());
  if (allowed > 0) return;
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const auto box = boxes.at(i).get<std::vector<double>>();
    const Region& region = found[i];
    EXPECT_NEAR(std::trunc(region.box.x1), box[0], 1) << i;
    EXPECT_NEAR(std::trunc(region.box.y1), box[1], 1) << i;
    EXPECT_NEAR(std::trunc(region.box.x2), box[2], 1) << i;
    EXPECT_NEAR(std::trunc(region.box.y2), box[3], 1) << i;
  }
}

std::vector<Region> filtered(const std::vector<Region>& all, const Selection& selection) {
  Candidates candidates{at::empty({0, 4}), at::empty({0}), {}};
  std::vector<float> boxes, scores;
  for (const Region& region : all) {
    for (const double corner : {region.box.x1, region.box.y1, region.box.x2, region.box.y2}) {
      boxes.push_back(static_cast<float>(corner));
    }
    scores.push_back(static_cast<float>(region.score.value()));
  }
  const Candidates kept =
      select({at::tensor(boxes).view({-1, 4}), at::tensor(scores), {}}, {}, selection);
  std::vector<Region> regions;
  for (std::int64_t i = 0; i < kept.boxes.size(0); ++i) {
    const auto corner = [&](std::int64_t k) { return kept.boxes[i][k].item<double>(); };
    regions.push_back(
        {{corner(0), corner(1), corner(2), corner(3)}, kept.scores[i].item<double>(), ""});
  }
  return regions;
}

TEST_P(UpnCase, TheFilterMatches) {
  for (const std::string prompt : {"fine", "coarse"}) {
    const Json& recorded = json["prompts"][prompt + "_grained_prompt"]["filter"];
    const JsonView filters(recorded, GetParam());
    ASSERT_GT(filters.size(), 3u);
    const std::vector<Region>& all = everything_in(image, prompt).regions;
    for (std::size_t i = 0; i < filters.size(); ++i) {
      SCOPED_TRACE(cat(prompt, " ", i));
      const JsonView expected = filters.at(i);
      Selection selection;
      selection.min_score = expected.get<double>("min_score");
      selection.max_iou = expected.get<double>("nms_value");
      expect_filtered(filtered(all, selection), expected);
    }
  }
}

// With the network's own thresholds, through the whole pipeline.
TEST_P(UpnCase, TheDefaultsMatch) {
  const Json& recorded = json["prompts"]["fine_grained_prompt"]["filter"][0];
  expect_filtered(tiny_upn().propose(image).regions, JsonView(recorded, GetParam()));
}

INSTANTIATE_TEST_SUITE_P(All, UpnCase, testing::ValuesIn(upn_cases()),
                         [](const auto& info) { return info.param; });

// --- recorded results of OmDet-Turbo, whose words are given as ids ---

// A copy of the checkpoint whose own words are those of a recorded case.
std::string omdet_folder(const Json& use) {
  const std::string folder = test::scratch_folder();
  for (const char* name : {"config.json", "model.safetensors", "preprocessor_config.json"}) {
    fs::create_symlink(data_path(std::string("omdet_turbo/") + name), join_path(folder, name));
  }
  if (!use.is_null()) write_file(join_path(folder, "fo1_proposals.json"), use.dump());
  return folder;
}

std::vector<std::int64_t> row_of(const at::Tensor& ids, const at::Tensor& mask) {
  const at::Tensor kept = ids.masked_select(mask.to(at::kBool)).contiguous();
  return {kept.const_data_ptr<std::int64_t>(), kept.const_data_ptr<std::int64_t>() + kept.numel()};
}

Json words_of_case_0() {
  const test::Golden golden("omdet_turbo/cases/batch0.safetensors");
  Json use;
  for (std::int64_t k = 0; k < golden["input.classes_input_ids"].size(0); ++k) {
    use["label_ids"].push_back(
        row_of(golden["input.classes_input_ids"][k], golden["input.classes_attention_mask"][k]));
  }
  use["task_ids"] =
      row_of(golden["input.tasks_input_ids"][0], golden["input.tasks_attention_mask"][0]);
  return use;
}

Image omdet_image() {
  return Image::load(data_path("omdet_turbo/images/omdet_320x240.png"));
}

// Without labels in the question boxes compete whatever they stand for: the recorded detections are
// those of each label, so all boxes before suppression are compared.
TEST(OmDetProposer, ScoresMatchTheRecordedLogits) {
  const Proposer proposer = Proposer::load("opn:" + omdet_folder(words_of_case_0()));
  EXPECT_EQ(proposer.name(), "opn");
  EXPECT_TRUE(proposer.reads_labels());
  ProposeOptions options = everything();
  const Proposals found = proposer.propose(omdet_image(), options);
  const test::Golden golden("omdet_turbo/cases/batch0.safetensors");
  const at::Tensor logits = golden["pred_logits"][0];  // [Q, K]
  const at::Tensor scores = std::get<0>(logits.sigmoid().flatten().topk(logits.size(0), 0));
  ASSERT_EQ(static_cast<std::int64_t>(found.regions.size()), scores.size(0));
  for (std::size_t i = 0; i < found.regions.size(); ++i) {
    EXPECT_NEAR(found.regions[i].score.value(), scores[static_cast<std::int64_t>(i)].item<double>(),
                1e-4);
  }
}

TEST(OmDetProposer, KeptWordingGivesTheSameBoxes) {
  const std::string folder = omdet_folder(words_of_case_0());
  const Proposer proposer = Proposer::load(folder);
  const Proposals before = proposer.propose(omdet_image(), everything());
  proposer.save_wording();
  ASSERT_TRUE(file_exists(join_path(folder, "fo1_wording.safetensors")));
  const Proposals after = Proposer::load(folder).propose(omdet_image(), everything());
  ASSERT_EQ(before.regions.size(), after.regions.size());
  for (std::size_t i = 0; i < before.regions.size(); ++i) {
    EXPECT_EQ(before.regions[i].box.x1, after.regions[i].box.x1);
    EXPECT_EQ(before.regions[i].score, after.regions[i].score);
  }
  // They are what is used: others give other boxes, of another shape an error.
  const std::string kept = join_path(folder, "fo1_wording.safetensors");
  const auto file = SafetensorsFile::open(kept);
  const auto rewrite = [&](const at::Tensor& classes) {
    write_safetensors(kept, {{"classes", classes},
                             {"task", file->tensor("task").clone()},
                             {"ids", file->tensor("ids").clone()}});
    return Proposer::load(folder);
  };
  const at::Tensor classes = file->tensor("classes").clone();
  const Proposals altered = rewrite(classes.flip(1)).propose(omdet_image(), everything());
  EXPECT_NE(before.regions[0].score, altered.regions[0].score);
  const Proposer shorter = rewrite(classes.narrow(0, 0, 1));
  EXPECT_TRUE(fails_with([&] { shorter.propose(omdet_image()); }, ErrorCode::kCorruptFile,
                         "fo1_wording.safetensors: classes has shape [1, 32], expected [3, 32]"));
  rewrite(classes);
  // Of other words they are not used.
  Json other = words_of_case_0();
  other["label_ids"] = Json::array({other["label_ids"][1]});
  write_file(join_path(folder, "fo1_proposals.json"), other.dump());
  const Proposals changed = Proposer::load(folder).propose(omdet_image(), everything());
  EXPECT_NE(before.regions[0].score, changed.regions[0].score);
}

TEST(OmDetProposer, WordsNeedATokenizer) {
  const Proposer proposer = Proposer::load("opn:" + omdet_folder(nullptr));
  ProposeOptions options;
  options.labels = {"cat"};
  const auto propose = [&] { proposer.propose(omdet_image(), options); };
  EXPECT_TRUE(fails_with(propose, ErrorCode::kNotFound, "vocab.json: no such file"));
  options.labels.clear();
  EXPECT_TRUE(fails_with(propose, ErrorCode::kNotFound, "vocab.json: no such file"));
}

TEST(OmDetProposer, ABrokenUseFileIsNamed) {
  const auto fails = [](const Json& use, const std::string& text) {
    return fails_with([&] { Proposer::load(omdet_folder(use)); }, ErrorCode::kCorruptFile, text);
  };
  EXPECT_TRUE(fails({{"label_ids", 3}}, "label_ids: expected a list"));
  EXPECT_TRUE(fails({{"min_score", "high"}}, "min_score: expected a number"));
  EXPECT_TRUE(fails({{"labels", {1}}}, "labels"));
  EXPECT_TRUE(fails({{"label_ids", Json::array()}}, "label_ids: expected a list"));
  EXPECT_TRUE(fails({{"min_score", 7}}, "min_score: expected a number from 0 to 1, got \"7\""));
  EXPECT_TRUE(fails({{"most", -7}}, "most: expected a number >= 0, got \"-7\""));
  EXPECT_TRUE(fails({{"max_ious", 0.5}}, "max_ious: expected one of the keys labels"));
  EXPECT_TRUE(fails({{"prompts", {"fine"}}}, "opn has no prompts"));
  EXPECT_TRUE(fails({{"label_ids", {{1}}}}, "label_ids and task_ids together"));
  EXPECT_TRUE(fails({{"task", "Detect."}}, "task is there without labels"));
}

// --- the contract ---

TEST(Proposer, BrokenWeightsAreNotAnEmptyResult) {
  const std::string folder = test::scratch_folder();
  fs::copy(data_path("upn/tiny/config.json"), folder);
  const Checkpoint whole = Checkpoint::open(data_path("upn/tiny"));
  NamedTensors tensors;
  for (const std::string& name : whole.names()) {
    at::Tensor tensor = whole.tensor(name).clone();
    if (name == "transformer.fine_grained_prompt.weight") tensor.fill_(NAN);
    tensors.emplace_back(name, tensor);
  }
  write_safetensors(join_path(folder, "model.safetensors"), tensors);
  const Proposer broken = Proposer::load(folder);
  EXPECT_TRUE(fails_with([&] { broken.propose(flat_image(9, 300)); }, ErrorCode::kCorruptFile,
                         "not finite: its weights are broken"));
}

TEST(Proposer, NothingAboveTheThresholdIsAValidResult) {
  ProposeOptions options;
  options.min_score = 1;
  const Proposals found = tiny_upn().propose(flat_image(40, 30), options);
  EXPECT_TRUE(found.regions.empty());
  EXPECT_EQ(found.source, "upn");
  ASSERT_EQ(found.timings_ms.size(), 1u);
  EXPECT_EQ(found.timings_ms[0].first, "propose");
}

TEST(Proposer, TakesPicturesOfAnyShape) {
  for (const auto& [width, height] : {std::pair(1, 1), {1, 300}, {300, 1}, {3, 5}, {641, 479}}) {
    const Proposals found = tiny_upn().propose(flat_image(width, height), everything());
    EXPECT_EQ(found.regions.size(), 100u) << width << " x " << height;
    for (const Region& region : found.regions) EXPECT_TRUE(std::isfinite(region.box.x2));
  }
}

TEST(Proposer, OptionsOutOfRangeAreRefusedByName) {
  const auto refuses = [](auto change, const std::string& text) {
    ProposeOptions options;
    change(options);
    return fails_with([&] { tiny_upn().propose(flat_image(9, 9), options); },
                      ErrorCode::kInvalidArgument, text);
  };
  EXPECT_TRUE(refuses([](auto& o) { o.min_score = 1.5; }, "min_score: expected 0 to 1, got 1.5"));
  EXPECT_TRUE(refuses([](auto& o) { o.max_iou = NAN; }, "max_iou"));
  EXPECT_TRUE(refuses([](auto& o) { o.most = -1; }, "most"));
  EXPECT_TRUE(refuses([](auto& o) { o.min_side = NAN; }, "min_side"));
  EXPECT_TRUE(refuses([](auto& o) { o.tiling.side = 7; }, "tiling.side"));
  EXPECT_TRUE(refuses([](auto& o) { o.tiling.overlap = 1; }, "tiling.overlap"));
  EXPECT_TRUE(refuses([](auto& o) { o.labels = {"cat"}; }, "upn reads no labels, got \"cat\""));
  EXPECT_TRUE(refuses([](auto& o) { o.prompts = {"rough"}; }, "expected fine or coarse"));
}

TEST(Proposer, LoadingSaysWhatIsWrong) {
  EXPECT_TRUE(fails_with([] { Proposer::load("opn:" + data_path("upn/tiny")); },
                         ErrorCode::kInvalidArgument, "expected opn, but this is upn"));
  EXPECT_TRUE(fails_with([] { Proposer::load("upn"); }, ErrorCode::kInvalidArgument,
                         "expected NAME:FOLDER"));
  EXPECT_TRUE(fails_with([] { Proposer::load("yolo:DIR"); }, ErrorCode::kInvalidArgument,
                         "no network is called \"yolo\"; there are opn and upn"));
  EXPECT_TRUE(fails_with([] { Proposer::load("upn:/none"); }, ErrorCode::kNotFound, "/none"));
  const std::string folder = test::scratch_folder();
  fs::copy(data_path("upn/tiny/config.json"), folder);
  EXPECT_TRUE(fails_with([&] { Proposer::load(folder); }, ErrorCode::kNotFound, "no weights"));
  write_file(join_path(folder, "upn_large.pth"), "x");
  EXPECT_TRUE(fails_with([&] { Proposer::load(folder); }, ErrorCode::kNotFound,
                         "upn_large.pth must be converted first"));
  write_file(join_path(folder, "config.json"), "{}");
  EXPECT_TRUE(fails_with([&] { Proposer::load(folder); }, ErrorCode::kUnsupported,
                         "not a proposal network"));
}

TEST(Proposer, CancelsAndKeepsToItsDeadline) {
  ProposeOptions options;
  options.limits.deadline_seconds = 0;
  EXPECT_TRUE(fails_with([&] { tiny_upn().propose(flat_image(9, 9), options); },
                         ErrorCode::kDeadline, "propose"));
  options = {};
  options.limits.cancel.cancel();
  EXPECT_TRUE(fails_with([&] { tiny_upn().propose(flat_image(9, 9), options); },
                         ErrorCode::kCancelled, "propose"));
}

// --- a detector of one's own ---

// Finds each run of bright pixels in the first row.
std::vector<Region> bright_runs(const Image& image, const ProposeOptions&) {
  std::vector<Region> regions;
  for (std::int32_t x = 0; x < image.width(); ++x) {
    const bool bright = image.rgb()[3 * x] > 128;
    const bool before = x > 0 && image.rgb()[3 * (x - 1)] > 128;
    if (!bright) continue;
    if (!before) regions.push_back({{double(x), 0, 0, double(image.height())}, 0.5, "bright"});
    regions.back().box.x2 = x + 1;
  }
  return regions;
}

Image striped_image(std::int32_t width, std::int32_t height, std::int32_t period) {
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(width) * height);
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    pixels[i] = static_cast<std::int32_t>(i) % width % period < period / 2 ? 200 : 20;
  }
  return Image::from_pixels({pixels.data(), width, height, 0, PixelFormat::kGrey});
}

TEST(FunctionProposer, BoxesStayAsTheyAre) {
  const Proposer proposer = Proposer::from_function("stripes", bright_runs);
  const Proposals found = proposer.propose(striped_image(40, 10, 20));
  EXPECT_EQ(found.source, "stripes");
  ASSERT_EQ(found.regions.size(), 2u);
  EXPECT_EQ(found.regions[1].box.x1, 20);
  EXPECT_EQ(found.regions[1].box.x2, 30);
  EXPECT_EQ(found.regions[1].score, 0.5);
  EXPECT_EQ(found.regions[1].label, "bright");
}

TEST(FunctionProposer, ScoresMayBeMissing) {
  const Proposer proposer = Proposer::from_function("one", [](const Image&, const ProposeOptions&) {
    return std::vector<Region>{{{1, 2, 3, 4}, std::nullopt, ""}};
  });
  const Proposals found = proposer.propose(flat_image(9, 9));
  ASSERT_EQ(found.regions.size(), 1u);
  EXPECT_FALSE(found.regions[0].score.has_value());
}

TEST(FunctionProposer, ScoresAreForAllOrForNone) {
  const auto proposes = [](std::vector<Region> regions) {
    const auto all = [regions](const Image&, const ProposeOptions&) { return regions; };
    return [all] { Proposer::from_function("mine", all).propose(flat_image(9, 9)); };
  };
  EXPECT_TRUE(fails_with(proposes({{{0, 0, 1, 1}, 0.5, ""}, {{0, 0, 2, 2}, {}, ""}}),
                         ErrorCode::kInvalidArgument, "mine: regions[1].score is missing"));
  EXPECT_TRUE(fails_with(proposes({{{0, 0, 1, 1}, -0.5, ""}}), ErrorCode::kInvalidArgument,
                         "score is -0.5, expected 0 to 1"));
  EXPECT_TRUE(
      fails_with(proposes({{{0, 0, 1, 1}, NAN, ""}}), ErrorCode::kInvalidArgument, "score is nan"));
}

TEST(FunctionProposer, ItsErrorsAndNonsenseAreReported) {
  EXPECT_TRUE(fails_with([] { Proposer::from_function("none", nullptr); },
                         ErrorCode::kInvalidArgument, "no function"));
  const auto proposes = [](ProposeFunction function) {
    return [function] { Proposer::from_function("mine", function).propose(flat_image(9, 9)); };
  };
  EXPECT_TRUE(fails_with(proposes([](const Image&, const ProposeOptions&) -> std::vector<Region> {
                           throw std::runtime_error("camera unplugged");
                         }),
                         ErrorCode::kInternal, "camera unplugged"));
  EXPECT_TRUE(fails_with(proposes([](const Image&, const ProposeOptions&) {
                           return std::vector<Region>{{{NAN, 0, 1, 1}, {}, ""}};
                         }),
                         ErrorCode::kInvalidArgument, "expected finite numbers"));
}

TEST(Tiling, FindsEachThingOnceInPixelsOfThePicture) {
  // Stripes of 16 px: every one is whole in some piece.
  const Proposer proposer = Proposer::from_function("stripes", bright_runs);
  const Image image = striped_image(640, 64, 32);
  ProposeOptions options;
  options.tiling.side = 160;
  const Proposals tiled = proposer.propose(image, options);
  ASSERT_EQ(tiled.regions.size(), 20u);
  std::vector<double> starts;
  for (const Region& region : tiled.regions) {
    starts.push_back(region.box.x1);
    EXPECT_EQ(region.box.x2 - region.box.x1, 16);
  }
  std::sort(starts.begin(), starts.end());
  for (std::size_t i = 0; i < starts.size(); ++i)
    EXPECT_EQ(starts[i], 32.0 * static_cast<double>(i));
}

TEST(Tiling, LooksAtEveryPieceAndTheWhole) {
  std::vector<std::pair<int, int>> seen;
  const Proposer proposer =
      Proposer::from_function("spy", [&](const Image& image, const ProposeOptions&) {
        seen.emplace_back(image.width(), image.height());
        return std::vector<Region>();
      });
  ProposeOptions options;
  options.tiling = {100, 0};
  proposer.propose(flat_image(250, 90), options);
  EXPECT_THAT(seen, ElementsAre(std::pair(250, 90), std::pair(100, 90), std::pair(100, 90),
                                std::pair(100, 90)));
  seen.clear();
  proposer.propose(flat_image(100, 90), options);  // no larger than one piece
  EXPECT_THAT(seen, ElementsAre(std::pair(100, 90)));
}

// A detector as sharp-eyed as a network that sees every picture at 640 pixels: squares that would
// be smaller than 6 pixels there escape it.
std::vector<Region> visible_squares(const Image& image, const ProposeOptions&) {
  const double scale = 640.0 / std::max(image.width(), image.height());
  const auto bright = [&](std::int32_t x, std::int32_t y) {
    return x >= 0 && y >= 0 && x < image.width() && y < image.height() &&
           image.rgb()[3 * (std::ptrdiff_t{y} * image.width() + x)] > 128;
  };
  std::vector<Region> regions;
  for (std::int32_t y = 0; y < image.height(); ++y) {
    for (std::int32_t x = 0; x < image.width(); ++x) {
      if (!bright(x, y) || bright(x - 1, y) || bright(x, y - 1)) continue;
      std::int32_t right = x, bottom = y;
      while (bright(right, y)) ++right;
      while (bright(x, bottom)) ++bottom;
      if ((right - x) * scale < 6 || (bottom - y) * scale < 6) continue;
      regions.push_back({{double(x), double(y), double(right), double(bottom)}, 0.9, ""});
    }
  }
  return regions;
}

TEST(Tiling, CoversALargePictureWithHundredsOfSmallThings) {
  constexpr std::int32_t kWidth = 4000, kHeight = 3000, kSide = 24;
  std::vector<std::uint8_t> pixels(std::size_t{kWidth} * kHeight, 20);
  std::vector<Box> squares;
  for (std::int32_t y = 30; y + kSide < kHeight; y += 173) {
    for (std::int32_t x = 11; x + kSide < kWidth; x += 187) {
      squares.push_back({double(x), double(y), double(x + kSide), double(y + kSide)});
      for (std::int32_t row = y; row < y + kSide; ++row) {
        std::fill_n(pixels.begin() + std::ptrdiff_t{row} * kWidth + x, kSide, 220);
      }
    }
  }
  ASSERT_GT(squares.size(), 300u);
  const Image image = Image::from_pixels({pixels.data(), kWidth, kHeight, 0, PixelFormat::kGrey});
  const Proposer proposer = Proposer::from_function("squares", visible_squares);
  EXPECT_TRUE(proposer.propose(image).regions.empty());

  ProposeOptions options;
  options.tiling.side = 1024;
  std::vector<Region> found = proposer.propose(image, options).regions;
  ASSERT_EQ(found.size(), squares.size());
  const auto in_order = [](const Region& a, const Region& b) {
    return std::pair(a.box.y1, a.box.x1) < std::pair(b.box.y1, b.box.x1);
  };
  std::sort(found.begin(), found.end(), in_order);
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].box.x1, squares[i].x1);
    EXPECT_EQ(found[i].box.y1, squares[i].y1);
    EXPECT_EQ(found[i].box.x2, squares[i].x2);
    EXPECT_EQ(found[i].box.y2, squares[i].y2);
  }
}

TEST(Tiling, RefusesMorePiecesThanAnybodyCanWaitFor) {
  const Proposer proposer = Proposer::from_function("stripes", bright_runs);
  ProposeOptions options;
  options.tiling = {32, 0.9};
  EXPECT_TRUE(fails_with([&] { proposer.propose(flat_image(2000, 1500), options); },
                         ErrorCode::kInvalidArgument, "expected at most 4096"));
}

// --- several sources ---

TEST(Unite, GivenBoxesComeFirstAndStay) {
  const Proposals given = {Region{{0, 0, 10, 10}, {}, "mine"}, Region{{0, 0, 10, 9.9}, {}, "too"}};
  const Proposals found({{{0, 0, 10, 10}, 0.9, ""}, {{50, 50, 60, 60}, 0.2, ""}}, "upn");
  const Proposals more({{{70, 70, 80, 80}, 0.5, ""}, {{50, 50, 60, 61}, 0.4, ""}}, "opn");
  const Proposals all = unite({given, found, more});
  EXPECT_EQ(all.source, "given+upn+opn");
  std::vector<double> starts;
  for (const Region& region : all.regions) starts.push_back(region.box.x1);
  EXPECT_THAT(starts, ElementsAre(0, 0, 70, 50));
  EXPECT_EQ(all.regions[3].score, 0.4);
  EXPECT_EQ(unite({given, found, more}, 0.8, 3).regions.size(), 3u);
  EXPECT_EQ(unite({given, found, more}, 0.8, 1).regions.size(), 2u);  // the given ones stay
  const Proposals scored = {Region{{0, 0, 1, 1}, 0.1, ""}, Region{{2, 2, 3, 3}, 0.9, ""}};
  EXPECT_EQ(unite({scored, found}).regions[0].score, 0.1);  // in their order
  EXPECT_EQ(unite({given, found, more}, 0, 0).regions.size(), 6u);
  EXPECT_TRUE(unite({}).regions.empty());
}

TEST(Unite, RefusesNonsense) {
  EXPECT_TRUE(fails_with([] { unite({}, -1); }, ErrorCode::kInvalidArgument, "max_iou"));
  EXPECT_TRUE(fails_with([] { unite({}, 0.5, -1); }, ErrorCode::kInvalidArgument, "most"));
  EXPECT_TRUE(fails_with(
      [] {
        unite({{Region{{NAN, 0, 1, 1}, {}, ""}}});
      },
      ErrorCode::kInvalidArgument, "finite"));
}

TEST(ProposalsJson, CanBeReadBackAsRegions) {
  const Proposals found({{{1, 2, 3, 4.5}, 0.5, "cat"}, {{5, 6, 7, 8}, {}, ""}}, "upn");
  const std::string json = proposals_to_json(flat_image(20, 10), found);
  const Json parsed = Json::parse(json);
  EXPECT_EQ(parsed["proposals"]["count"], 2);
  EXPECT_EQ(parsed["image"]["width"], 20);
  const std::vector<Region> regions = regions_from_json(json, "json");
  ASSERT_EQ(regions.size(), 2u);
  EXPECT_EQ(regions[0].box.y2, 4.5);
  EXPECT_EQ(regions[0].label, "cat");
  EXPECT_EQ(regions[1].score, std::nullopt);
}

}  // namespace
}  // namespace fo1
