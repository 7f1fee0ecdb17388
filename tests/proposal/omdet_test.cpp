// OmDet-Turbo against recorded tensors of a small model, stage by stage and as a whole.
#include "proposal/omdet.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "image/proposal_pixels.h"
#include "image/rgb_image.h"
#include "support/close.h"
#include "support/data.h"
#include "support/errors.h"
#include "support/golden.h"

namespace fo1 {
namespace {

using test::close_absolute;
using test::data_path;
using test::fails_with;
using test::Golden;

// Tolerances of the recordings.
constexpr double kMaps = 1e-4, kLogits = 1e-3, kBoxes = 1e-4;

OmDetConfig recorded_config(const Json& change = Json::object()) {
  Json config = test::load_data("omdet_turbo/config.json");
  config.update(change);
  const Json preprocessor = test::load_data("omdet_turbo/preprocessor_config.json");
  return omdet_config_from({config, "config.json"}, {preprocessor, "preprocessor_config.json"});
}

std::shared_ptr<OmDet> load(const OmDetConfig& config) {
  const Checkpoint checkpoint = Checkpoint::open(data_path("omdet_turbo"));
  auto model = std::make_shared<OmDet>(config, at::kFloat);
  model->load(checkpoint);
  return model;
}

OmDet& recorded_model() {
  static const std::shared_ptr<OmDet> model = load(recorded_config());
  return *model;
}

// One recorded batch of pictures, each with its own labels.
struct Case {
  explicit Case(const std::string& name)
      : json(test::load_data("omdet_turbo/cases/" + name + ".json")),
        tensors("omdet_turbo/cases/" + name + ".safetensors") {}

  at::Tensor pixels() const {
    std::vector<at::Tensor> pictures;
    for (const Image& image : images()) {
      pictures.push_back(proposal_pixels(rgb_tensor(image), recorded_model().picture_rule()));
    }
    return at::cat(pictures);
  }
  std::vector<Image> images() const {
    std::vector<Image> images;
    for (const std::string path : json["images"]) {
      images.push_back(Image::load(data_path("omdet_turbo/" + path)));
    }
    return images;
  }
  OmDetPrompt prompt() const {
    return {tensors["class_embeddings"].transpose(0, 1), tensors["task_embeddings"].transpose(0, 1),
            tensors["task_mask"].to(at::kBool)};
  }
  // "classes" or "tasks", without what fills them up.
  std::vector<std::vector<int64_t>> ids(const std::string& what) const {
    const at::Tensor rows = tensors["input." + what + "_input_ids"];
    const at::Tensor lengths = tensors["input." + what + "_attention_mask"].sum(1);
    std::vector<std::vector<int64_t>> ids;
    for (int64_t i = 0; i < rows.size(0); ++i) {
      const auto* row = rows[i].const_data_ptr<int64_t>();
      ids.emplace_back(row, row + lengths[i].item<int64_t>());
    }
    return ids;
  }

  Json json;
  Golden tensors;
};

void expect_selection(const OmDetSelection& selection, const Golden& golden) {
  EXPECT_TRUE(at::equal(selection.cells, golden["topk"]));
  const at::Tensor rows = selection.cells.unsqueeze(-1).expand({-1, -1, selection.logits.size(2)});
  EXPECT_TRUE(
      close_absolute(selection.logits.gather(1, rows), golden["encoder_class_logits"], kLogits));
  EXPECT_TRUE(close_absolute(selection.boxes.sigmoid(), golden["encoder_boxes"], kBoxes));
}

void expect_found(const OmDetBoxes& found, const Golden& golden) {
  EXPECT_TRUE(close_absolute(found.logits, golden["pred_logits"], kLogits));
  EXPECT_TRUE(close_absolute(found.boxes, golden["pred_boxes"], kBoxes));
}

TEST(OmDet, OnePictureMatchesAtEveryStage) {
  const Case recorded("batch0");
  const Golden& golden = recorded.tensors;
  OmDet& model = recorded_model();
  const Control& control = Control::unlimited();
  const at::Tensor pixels = golden["pixel_values"];
  const FeatureMaps raw = model.backbone(pixels, control), seen = model.see(pixels, control);
  const FeatureMaps maps = model.encoder(seen, control);
  ASSERT_EQ(maps.size(), 3u);
  for (std::size_t l = 0; l < maps.size(); ++l) {
    const at::Tensor rows = golden[cat("backbone_raw_nhwc.", l)];
    EXPECT_TRUE(close_absolute(raw[l].permute({0, 2, 3, 1}), rows, kMaps)) << l;
    EXPECT_TRUE(close_absolute(seen[l], golden[cat("backbone.", l)], kMaps)) << l;
    EXPECT_TRUE(close_absolute(maps[l], golden[cat("encoder_fpn.", l)], kMaps)) << l;
  }

  const OmDetPrompt prompt = recorded.prompt();
  const OmDetMemory memory = model.decoder->remember(maps);
  const at::Tensor anchors = golden["init_anchors_unsigmoid"];
  const at::Tensor guesses = cell_boxes(memory.levels, at::kCPU).logits;
  EXPECT_TRUE(at::equal(guesses.isinf(), anchors.isinf()));
  EXPECT_TRUE(close_absolute(guesses.sigmoid(), anchors.sigmoid(), 1e-6));
  const OmDetSelection selection = model.decoder->select(memory, prompt.classes);
  expect_selection(selection, golden);

  OmDetQueries queries = model.decoder->start(selection, prompt.task);
  for (std::size_t i = 0; i < model.decoder->layers.size(); ++i) {
    if (i + 1 == model.decoder->layers.size()) {
      EXPECT_TRUE(close_absolute(queries.boxes, golden["last_reference_points"], kBoxes));
    }
    model.decoder->refine(i, queries, memory, prompt.present);
    EXPECT_TRUE(close_absolute(queries.tokens, golden[cat("decoder.", i)], kMaps)) << i;
    const at::Tensor task = golden[cat("decoder_task.", i)].transpose(0, 1);
    EXPECT_TRUE(close_absolute(queries.task, task, kMaps)) << i;
  }
  expect_found({model.decoder->classify(queries, prompt.classes), queries.boxes}, golden);
}

class OmDetBatch : public testing::TestWithParam<const char*> {};

TEST_P(OmDetBatch, PixelsAreTheRecordedOnes) {
  const Case recorded(GetParam());
  if (recorded.tensors.has("pixel_values")) {
    EXPECT_TRUE(close_absolute(recorded.pixels(), recorded.tensors["pixel_values"], 1e-5));
  } else {
    EXPECT_TRUE(close_absolute(recorded.pixels().mean({2, 3}),
                               recorded.tensors["pixel_values_mean"], 1e-5));
  }
}

TEST_P(OmDetBatch, WordsBecomeTheRecordedVectors) {
  const Case recorded(GetParam());
  OmDetLanguage& language = recorded_model().language;
  const at::Tensor vectors = language->read_labels(recorded.ids("classes"));
  const auto tasks = recorded.ids("tasks");
  int64_t first = 0;
  for (std::size_t b = 0; b < tasks.size(); ++b) {
    const auto picture = static_cast<int64_t>(b);
    const int64_t count = recorded.json["classes_structure"][b];
    const at::Tensor labels = recorded.tensors["class_embeddings"].select(1, picture);
    EXPECT_TRUE(close_absolute(vectors.narrow(0, first, count), labels.narrow(0, 0, count), 1e-5));
    first += count;
    const at::Tensor task = language->read_task(tasks[b]);
    const at::Tensor expected = recorded.tensors["task_embeddings"].select(1, picture);
    EXPECT_TRUE(close_absolute(task, expected.narrow(0, 0, task.size(0)), 1e-5));
  }
}

TEST_P(OmDetBatch, LogitsAndBoxesMatch) {
  const Case recorded(GetParam());
  OmDet& model = recorded_model();
  const Control& control = Control::unlimited();
  const FeatureMaps maps = model.encoder(model.see(recorded.pixels(), control), control);
  EXPECT_TRUE(close_absolute(maps[2], recorded.tensors["encoder_fpn.2"], kMaps));
  const OmDetPrompt prompt = recorded.prompt();
  expect_selection(model.decoder->select(model.decoder->remember(maps), prompt.classes),
                   recorded.tensors);
  expect_found(model.decoder(maps, prompt, control), recorded.tensors);
}

Candidates in_pixels(Candidates candidates, Size picture) {
  const auto width = static_cast<double>(picture.width),
             height = static_cast<double>(picture.height);
  candidates.boxes = candidates.boxes * at::tensor({width, height, width, height}, at::kFloat);
  return candidates;
}

// Each recorded detection is among `found`, and nothing else; the order of equal scores is open.
void expect_detections(const Candidates& found, const Json& expected, Size picture) {
  const auto scores = expected["scores"].get<std::vector<float>>();
  ASSERT_EQ(found.scores.size(0), static_cast<int64_t>(scores.size()));
  EXPECT_TRUE(close_absolute(found.scores, at::tensor(scores, at::kFloat), kBoxes));
  at::Tensor free = at::ones({found.scores.size(0)}, at::kBool);
  const auto side = static_cast<double>(std::max(picture.width, picture.height));
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const at::Tensor box = at::tensor(expected["boxes"][i].get<std::vector<float>>(), at::kFloat);
    const at::Tensor same = (found.scores - scores[i]).abs().le(kBoxes) &
                            found.labels.eq(expected["labels"][i].get<int64_t>()) &
                            (found.boxes - box).abs().amax(1).le(kBoxes * side) & free;
    ASSERT_TRUE(same.any().item<bool>()) << "detection " << i;
    free[same.to(at::kByte).argmax().item<int64_t>()] = false;
  }
}

TEST_P(OmDetBatch, DetectionsMatchAtEverySetting) {
  const Case recorded(GetParam());
  const OmDetBoxes boxes =
      recorded_model().forward(recorded.pixels(), recorded.prompt(), Control::unlimited());
  const auto images = recorded.images();
  for (const Json& setting : recorded.json["detections"]) {
    Selection selection = recorded_model().selection();
    selection.min_score = setting["threshold"];
    selection.max_iou = setting["nms_threshold"];
    const Json& limit = setting["max_num_det"];
    const int64_t most =
        limit.is_null() ? recorded_model().config.decoder.queries : limit.get<int64_t>();
    for (std::size_t b = 0; b < images.size(); ++b) {
      SCOPED_TRACE(cat("threshold ", selection.min_score, ", picture ", b));
      const auto picture = static_cast<int64_t>(b);
      Candidates best = best_pairs(boxes.logits[picture], boxes.boxes[picture], most);
      // Pictures of a batch may have fewer labels than the recording has columns.
      const int64_t labels = recorded.json["classes_structure"][b];
      best.scores = best.scores.masked_fill(best.labels >= labels, 0);
      const Size size{images[b].width(), images[b].height()};
      expect_detections(select(in_pixels(best, size), size, selection), setting["images"][b], size);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Recorded, OmDetBatch, testing::Values("batch0", "batch1", "batch2"));

TEST(OmDet, FromPixelsAndIdsToDetections) {
  const Case recorded("batch0");
  ProposalNetwork& model = recorded_model();
  const ProposalQuery query =
      model.read({{}, recorded.ids("classes"), recorded.ids("tasks")[0]}, Control::unlimited());
  const Candidates best = model.propose(recorded.pixels(), query, Control::unlimited());
  EXPECT_TRUE(at::equal(best.scores, std::get<0>(best.scores.sort(0, /*descending=*/true))));
  const Image image = recorded.images()[0];
  const Size size{image.width(), image.height()};
  const Json& setting = recorded.json["detections"][0];
  ASSERT_EQ(setting["nms_threshold"], model.selection().max_iou);
  expect_detections(select(in_pixels(best, size), size, model.selection()), setting["images"][0],
                    size);
}

TEST(OmDet, ManyLabelsAreReadAsOneByOne) {
  OmDetLanguage& language = recorded_model().language;
  std::vector<std::vector<int64_t>> labels;
  for (int64_t i = 0; i < 70; ++i) {  // more than are read at once, of many lengths
    labels.push_back({118});
    for (int64_t t = 0; t <= i % 20; ++t) labels.back().push_back((7 * i + t) % 118);
    labels.back().push_back(119);
  }
  const at::Tensor together = language->read_labels(labels);
  ASSERT_EQ(together.sizes(), (std::vector<int64_t>{70, 32}));
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const at::Tensor alone = language->read_labels({labels[i]});
    EXPECT_TRUE(close_absolute(together.narrow(0, static_cast<int64_t>(i), 1), alone, 1e-5)) << i;
  }
}

TEST(OmDet, WordsItCannotReadAreErrors) {
  OmDet& model = recorded_model();
  using Ids = std::vector<int64_t>;
  const auto refuses = [&](const ProposalPrompt& prompt, const std::string& text) {
    return fails_with([&] { model.read(prompt, Control::unlimited()); },
                      ErrorCode::kInvalidArgument, text);
  };
  const Ids good = {118, 5, 119};
  EXPECT_TRUE(refuses({{}, {}, good}, "no label"));
  EXPECT_TRUE(refuses({{}, {good, {}}, good}, "label 1 has no tokens"));
  EXPECT_TRUE(refuses({{}, {good}, {}}, "the task has no tokens"));
  EXPECT_TRUE(refuses({{}, {good}, Ids(25, 5)}, "the task has 25 tokens, expected at most 24"));
  EXPECT_TRUE(refuses({{}, {{118, 120}}, good}, "label 0 has token id 120, expected 0 to 119"));
  EXPECT_TRUE(refuses({{}, {{-1}}, good}, "token id -1"));
  EXPECT_TRUE(refuses({{"fine"}, {}, {}}, "prompt \"fine\""));
}

TEST(OmDet, StopsWhenCancelled) {
  Limits limits;
  limits.cancel.cancel();
  OmDet& model = recorded_model();
  const ProposalQuery query =
      model.read({{}, {{118, 5, 119}}, {118, 5, 119}}, Control::unlimited());
  EXPECT_TRUE(fails_with(
      [&] {
        model.propose(at::zeros({1, 3, 192, 192}), query, Control(limits));
      },
      ErrorCode::kCancelled, "propose"));
}

}  // namespace
}  // namespace fo1
