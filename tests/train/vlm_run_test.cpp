// Whole runs of the stages that make a vision-language model, on a few pictures of one colour.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "base/error.h"
#include "base/files.h"
#include "fo1/input_json.h"
#include "fo1/model.h"
#include "image/codec.h"
#include "image/rgb_image.h"
#include "pipeline/tiny_model.h"
#include "support/errors.h"
#include "text/tokenizer.h"
#include "train/training_folder.h"
#include "train/warnings.h"
#include "vlm/layout.h"
#include "weights/checkpoint.h"
#include "weights/safetensors_writer.h"

namespace fo1::train {
namespace {

using test::fails_with;
namespace fs = std::filesystem;

constexpr int kSide = 56, kPictures = 3;

Json conversation(const std::string& picture, const std::string& question,
                  const std::string& answer, const Json& boxes = nullptr) {
  Json user = {{"role", "user"},
               {"content",
                {{{"type", "image_url"}, {"image_url", {{"url", picture}}}},
                 {{"type", "text"}, {"text", question}}}}};
  if (!boxes.is_null()) user["bbox_list"] = boxes;
  return {{"messages", {user, {{"role", "assistant"}, {"content", answer}}}}};
}

// In each picture a field of a kind of its own, and a sign with its number.
Json boxes_of_pictures() {
  Json coco = {{"images", Json::array()}, {"annotations", Json::array()}};
  coco["categories"] = {{{"id", 9}, {"name", "sign"}}};
  for (int i = 0; i < kPictures; ++i) {
    coco["categories"].push_back({{"id", i}, {"name", cat("field ", i)}});
    coco["images"].push_back({{"id", i}, {"file_name", cat(i, ".png")}});
    coco["annotations"].push_back(
        {{"image_id", i}, {"category_id", i}, {"bbox", {0, 0, kSide, kSide / 2}}});
    coco["annotations"].push_back({{"image_id", i},
                                   {"category_id", 9},
                                   {"bbox", {0, kSide / 2, kSide, kSide / 2}},
                                   {"text", std::to_string(i)}});
  }
  return coco;
}

class VlmRun : public TrainingFolder {
 protected:
  VlmRun() {
    fs::create_directories(path("data"));
    std::string lines;
    const Json boxes = {{4, 4, 30, 30}, {20, 20, 50, 50}};
    for (int i = 0; i < kPictures; ++i) {
      const std::string name = cat(i, ".png");
      RgbImage picture = new_rgb_image({kSide, kSide}, name);
      std::fill_n(picture.pixels.get(), picture.byte_count(),
                  static_cast<std::uint8_t>(40 + 80 * i));
      write_file(path("data/" + name), encode_picture(picture, ".png"));
      for (const Json& line :
           {conversation(name, "Is it a field?", "yes"),
            conversation(name, "How dark is it?", cat("so ", i)),
            conversation(name, "What is in <region0>?", cat("a field ", i), boxes),
            conversation(name, "Where is the field?",
                         cat("<ground>field</ground><objects><region", i % 2, "></objects>"),
                         boxes)}) {
        lines += line.dump() + '\n';
      }
    }
    write_file(path("data/conversations.jsonl"), lines);
    write("data/annotations.json", boxes_of_pictures());
    run_ = {{"stage", "joint"},
            {"model", test::tiny_model_folder()},
            {"data", {"data"}},
            {"steps", 6},
            {"batch", 2},
            {"warmup_steps", 1},
            {"learning_rate", 2e-3},
            {"save_every", 2},
            {"report_every", 1}};
  }
};

TEST_F(VlmRun, TheLossFallsAndTheModelAnswers) {
  const std::vector<double> losses = train("out", {{"steps", 40}, {"average", 0.5}});
  EXPECT_LT(losses.back(), 0.2 * losses.front());
  EXPECT_TRUE(fs::exists(path("out/loss.png")));
  const Model model = Model::load(path("out"));
  Json question = conversation("0.png", "Is it a field?", "")["messages"];
  question.erase(1);
  const Answer answer = model.chat(messages_from_json(question.dump(), "question", path("data")));
  EXPECT_EQ(answer.text, "yes");
}

// Pictures of two sizes, one with regions and without.
TEST_F(VlmRun, SamplesThatAreLearntTogetherStandAlone) {
  RgbImage wide = new_rgb_image({2 * kSide, kSide}, "wide.png");
  std::fill_n(wide.pixels.get(), wide.byte_count(), std::uint8_t{90});
  write_file(path("data/wide.png"), encode_picture(wide, ".png"));
  write("more.jsonl", conversation("data/wide.png", "How wide is it?", "very wide"));
  expect_samples_alone({{"data", {"data", "more.jsonl"}}});
}

// Sums and norms stay float32; pooling of regions does, too.
TEST_F(VlmRun, ShorterProductsTrainToo) {
  const std::vector<double> losses = train("out", {{"steps", 20}, {"precision", "bfloat16"}});
  EXPECT_LT(losses.back(), 0.6 * losses.front());
  EXPECT_TRUE(fails_with(
      [&] {
        config("no", {{"precision", "float16"}});
      },
      ErrorCode::kCorruptFile, "precision: expected float32 or bfloat16"));
}

// Together they would be a step without any sample.
TEST_F(VlmRun, BrokenPicturesAreInNoGroup) {
  std::string lines;
  for (const char* name : {"w0.png", "w1.png", "b0.png", "b1.png"}) {
    RgbImage wide = new_rgb_image({2 * kSide, kSide}, name);
    std::fill_n(wide.pixels.get(), wide.byte_count(), std::uint8_t{90});
    const bool broken = name[0] == 'b';
    write_file(path(cat("data/", name)), broken ? "no picture" : encode_picture(wide, ".png"));
    lines += conversation(name, "What?", "So.").dump() + '\n';
  }
  write_file(path("data/conversations.jsonl"), lines);
  const Warnings warnings;
  EXPECT_EQ(train("out", {{"batch", 2}, {"together", 2}, {"steps", 4}}).size(), 4u);
  for (const char* name : {"b0.png", "b1.png"}) {
    EXPECT_NE(warnings.all().find(name), std::string::npos) << warnings.all();
  }
}

// What is reported, and what is learnt, is the mean of the samples there are.
TEST_F(VlmRun, GroupsThatAreNotFullCountInFull) {
  write("one.jsonl", conversation("data/0.png", "Is it a field?", "yes"));
  const Json one = {{"data", {"one.jsonl"}}, {"steps", 1}};
  const double alone = train("alone", [&] {
    Json changes = one;
    changes["batch"] = 1;
    return changes;
  }())[0];
  Json group = one;
  group["batch"] = 4;
  group["together"] = 4;
  EXPECT_NEAR(train("group", group)[0], alone, 1e-5 * alone);
}

TEST_F(VlmRun, ALaterStageKeepsItsOwnRecords) {
  train("first", {{"stage", "pretrain"}, {"steps", 5}});
  train("second", {{"stage", "align"}, {"model", "first"}, {"weights", "first"}, {"steps", 2}});
  std::istringstream lines(read_file(path("second/metrics.jsonl")));
  int count = 0;
  for (std::string line; std::getline(lines, line);) ++count;
  EXPECT_EQ(count, 2);
}

TEST_F(VlmRun, StagesAndPartsThatDoNotFitAreRefused) {
  train("first", {{"steps", 1}});
  const auto refused = [&](Json changes, const char* message) {
    changes["steps"] = 1;
    return fails_with([&] { train("no", changes); }, ErrorCode::kInvalidArgument, message);
  };
  EXPECT_TRUE(refused({{"weights", "first"}, {"fresh", {"model.mm_projector_aux"}}},
                      "fresh: \"model.mm_projector_aux\" names no part"));
  EXPECT_TRUE(refused({{"fresh", {"model.mm_projector_aux.*"}}}, "fresh: there are no weights"));
  EXPECT_TRUE(refused({{"stage", "finetune"},
                       {"weights", "first"},
                       {"lora", Json::object()},
                       {"fresh", {"model.mm_projector_aux.*"}}},
                      "lora: the region connector would be begun anew"));
  EXPECT_TRUE(refused({{"stage", "finetune"},
                       {"weights", "first"},
                       {"lora", Json::object()},
                       {"rates", {{{"pattern", "*"}, {"factor", 1}}}}},
                      "rates: cannot be used with lora"));
  // What a stage freezes, no rate unfreezes.
  train("align", {{"stage", "align"},
                  {"weights", "first"},
                  {"steps", 1},
                  {"rates", {{{"pattern", "*"}, {"factor", 0.5}}}}});
  EXPECT_EQ(change("first", "align", "model.layers."), "frozen");
}

TEST_F(VlmRun, GroupsLearnTogether) {
  const std::vector<double> losses =
      train("out", {{"batch", 4}, {"together", 2}, {"steps", 30}, {"report_every", 10}});
  EXPECT_LT(losses.back(), 0.5 * losses.front());
  EXPECT_TRUE(fails_with(
      [&] {
        config("no", {{"batch", 4}, {"together", 3}});
      },
      ErrorCode::kCorruptFile, "together: expected a divisor of batch, 4"));
}

TEST_F(VlmRun, GoesOnExactlyWhereItWas) {
  const Json changes = {{"average", 0.9}};
  const std::vector<double> whole = train("whole", changes);
  train_in_part("part", 3, changes);  // saved after step 2: one step is lost
  EXPECT_EQ(train("part", changes), std::vector<double>(whole.begin() + 2, whole.end()));
  for (const char* file : {"model.safetensors", "state.safetensors"}) {
    EXPECT_EQ(read_file(path(cat("whole/", file))), read_file(path(cat("part/", file)))) << file;
  }
}

// Each takes a sample of the step through the network by itself.
TEST_F(VlmRun, ThreadsTrainTheSameModelToTheBit) {
  const int before = at::get_num_threads();
  // Without a limit of the gradient's length, which is summed up otherwise.
  const Json changes = {{"batch", 3}, {"steps", 3}, {"clip_norm", 0}};
  for (const int threads : {1, 2}) {
    at::set_num_threads(threads);
    train(threads == 1 ? "one" : "two", changes);
  }
  at::set_num_threads(before);
  EXPECT_EQ(change("one", "two", "model."), "frozen");
}

// Each stage changes its own parts and leaves the others as they are, to the bit.
TEST_F(VlmRun, StagesFreezeWhatIsNotTheirs) {
  const auto stage = [&](const char* name, const char* before) {
    Json changes = {{"stage", name}, {"steps", 2}, {"weight_decay", 0.1}};
    if (*before) changes["weights"] = before;
    train(name, changes);
  };
  stage("pretrain", "");
  stage("align", "pretrain");
  stage("finetune", "align");
  struct Expected {
    const char* part;
    const char* in_align;
    const char* in_finetune;
  };
  for (const Expected& part : {Expected{"model.vision_tower.", "frozen", "frozen"},
                               Expected{"model.layers.", "frozen", "changed"},
                               Expected{"model.norm.", "frozen", "changed"},
                               Expected{"model.mm_projector_aux.", "changed", "changed"}}) {
    EXPECT_EQ(change("pretrain", "align", part.part), part.in_align) << part.part;
    EXPECT_EQ(change("align", "finetune", part.part), part.in_finetune) << part.part;
  }
}

// Each picture is seen several times; only what frozen encoders made is not made again.
TEST_F(VlmRun, KeepingWhatFrozenEncodersMadeChangesNothing) {
  Json changes = {{"stage", "finetune"}, {"steps", 8}};
  const auto train_both = [&](const std::string& name) {
    for (const double gib : {0.0, 1.0}) {
      changes["keep_encoded"] = gib;
      train(gib == 0 ? name : name + "-kept", changes);
    }
    return change(name, name + "-kept", "model.");
  };
  EXPECT_EQ(train_both("learning"), "frozen");
  changes["rates"] = Json::array();
  for (const char* part : {"vision_tower_aux", "object_vp_extractor", "mm_projector_aux"}) {
    changes["rates"].push_back({{"pattern", cat("model.", part, ".*")}, {"factor", 0}});
  }
  EXPECT_EQ(train_both("frozen"), "frozen");
  EXPECT_EQ(change("learning", "frozen", "model.layers."), "changed");
}

// Of the model only the encoders' side changes, and what told their places apart is not written.
TEST_F(VlmRun, EncodersLearnToNameWhatIsWhere) {
  const Json encoders = {{"stage", "encoders"}};
  train("first", {{"steps", 1}});
  Json changes = encoders;
  changes["steps"] = 60;
  changes["weights"] = "first";
  const std::vector<double> losses = train("out", changes);
  EXPECT_LT(losses.back(), 0.5 * losses.front());
  for (const char* part : {"model.layers.", "model.norm.", "model.embed_tokens."}) {
    EXPECT_EQ(change("first", "out", part), "frozen") << part;
  }
  for (const char* part : {"model.vision_tower.", "model.mm_projector_aux."}) {
    EXPECT_NE(change("first", "out", part), "frozen") << part;
  }
  EXPECT_EQ(Checkpoint::open(path("first")).names(), Checkpoint::open(path("out")).names());
  Model::load(path("out"));

  const std::vector<double> whole = train("whole", encoders);
  train_in_part("part", 3, encoders);
  EXPECT_EQ(train("part", encoders), std::vector<double>(whole.begin() + 2, whole.end()));

  write_file(path("data/annotations.json"), R"({"images": [], "annotations": []})");
  EXPECT_TRUE(fails_with([&] { train("none", encoders); }, ErrorCode::kInvalidArgument,
                         "no box with a category"));
}

// A plain VLM, as it is published, can be extended by regions.
TEST_F(VlmRun, PartsThatWeightsLackBeginAnew) {
  train("first", {{"steps", 1}});
  const Checkpoint whole = Checkpoint::open(path("first"));
  NamedTensors plain;
  for (const std::string& name : whole.names()) {
    constexpr std::string_view kTower = "model.vision_tower.image_tower.";
    if (name.starts_with(kTower)) {
      plain.emplace_back("visual." + name.substr(kTower.size()), whole.tensor(name));
    } else if (!name.starts_with(kAuxiliaryPrefix) && !name.starts_with(kRegionPrefix) &&
               !name.starts_with(kRegionProjectorPrefix)) {
      plain.emplace_back(name, whole.tensor(name));
    }
  }
  fs::create_directories(path("plain"));
  write_safetensors(path("plain/model.safetensors"), plain);
  const Json none = {{"stage", "align"}, {"steps", 1}, {"learning_rate", 0}, {"weight_decay", 0}};
  Json changes = none;
  changes["weights"] = "plain";
  train("extended", changes);
  EXPECT_EQ(change("first", "extended", "model.layers."), "frozen");
  EXPECT_EQ(change("first", "extended", "model.vision_tower.image_tower."), "frozen");
  Model::load(path("extended"));

  NamedTensors encoder;
  for (const std::string& name : whole.names()) {
    if (name.starts_with("model.vision_tower.")) encoder.emplace_back(name, whole.tensor(name));
  }
  fs::create_directories(path("encoder"));
  write_safetensors(path("encoder/model.safetensors"), encoder);
  changes["weights"] = "encoder";
  train("spoken", changes);
  EXPECT_EQ(change("first", "spoken", "model.vision_tower."), "frozen");

  changes["weights"] = "first";
  changes["fresh"] = {"model.mm_projector_aux.*"};
  changes["seed"] = 5;
  train("partly", changes);
  EXPECT_EQ(change("first", "partly", "model.vision_tower_aux."), "frozen");
  EXPECT_NE(change("first", "partly", "model.mm_projector_aux."), "frozen");
}

TEST_F(VlmRun, AlignmentTeachesNewTokensOnly) {
  train("first", {{"stage", "pretrain"}, {"steps", 1}});
  train("second", {{"stage", "align"}, {"steps", 2}, {"weights", "first"}});
  const std::string name = "model.embed_tokens.weight";
  const at::Tensor before = Checkpoint::open(path("first")).tensor(name),
                   after = Checkpoint::open(path("second")).tensor(name);
  const auto tokenizer = load_tokenizer(test::tiny_model_folder());
  const at::Tensor changed = before.ne(after).any(1);  // [V]
  EXPECT_TRUE(changed[*tokenizer->id_of("<region1>")].item<bool>());
  EXPECT_TRUE(changed[*tokenizer->id_of("</objects>")].item<bool>());
  EXPECT_FALSE(changed[tokenizer->encode("field").front()].item<bool>());
  EXPECT_LE(changed.sum().item<std::int64_t>(), 104);
}

// An adapter gives the answer that it was trained to, and leaves the model it changes as it was.
TEST_F(VlmRun, AnAdapterIsTrainedAndAdded) {
  train("base", {{"steps", 40}});
  const std::string before = read_file(path("base/model.safetensors"));
  write("data/other.jsonl", conversation("0.png", "Is it a field?", "no"));
  train("adapter", {{"stage", "finetune"},
                    {"weights", "base"},
                    {"data", {"data/other.jsonl"}},
                    {"steps", 20},
                    {"lora", {{"rank", 8}, {"alpha", 16}}}});
  EXPECT_EQ(read_file(path("base/model.safetensors")), before);
  // At first it changes nothing.
  train("none", {{"stage", "finetune"},
                 {"weights", "base"},
                 {"steps", 1},
                 {"learning_rate", 0},
                 {"lora", {{"rank", 8}, {"alpha", 16}}}});
  const auto none = SafetensorsFile::open(path("none/adapter_model.safetensors"));
  for (const std::string& name : none->names()) {
    EXPECT_EQ(name.ends_with("lora_B.weight"),
              none->tensor(name).count_nonzero().item<int64_t>() == 0)
        << name;
  }
  EXPECT_FALSE(fs::exists(path("adapter/model.safetensors")));

  Json changes = {{"stage", "finetune"}, {"weights", "base"}, {"lora", {{"rank", 2}}}};
  train("whole", changes);
  train_in_part("part", 3, changes);
  train("part", changes);
  const std::string weights = "/adapter_model.safetensors";
  EXPECT_EQ(read_file(path("whole" + weights)), read_file(path("part" + weights)));

  LoadOptions options;
  options.lora = path("adapter");
  const Model changed = Model::load(path("base"), options), plain = Model::load(path("base"));
  Json question = conversation("0.png", "Is it a field?", "")["messages"];
  question.erase(1);
  const std::vector<Message> messages =
      messages_from_json(question.dump(), "question", path("data"));
  EXPECT_EQ(plain.chat(messages).text, "yes");
  EXPECT_EQ(changed.chat(messages).text, "no");

  EXPECT_TRUE(fails_with(
      [&] {
        train("no", {{"stage", "align"}, {"lora", Json::object()}});
      },
      ErrorCode::kInvalidArgument, "only the stage finetune"));
  EXPECT_TRUE(fails_with(
      [&] {
        train("no", {{"stage", "finetune"}, {"weights", "base"}, {"lora", {{"targets", {"q"}}}}});
      },
      ErrorCode::kInvalidArgument, "no layer is called \"q\""));
}

TEST_F(VlmRun, BadConversationsAreLeftOut) {
  std::string lines = "no json\n";
  lines += conversation("missing.png", "What?", "So.").dump() + '\n';
  lines += conversation("0.png", "Where?", "<region9>", Json{{1, 1, 9, 9}}).dump() + '\n';
  lines += conversation("0.png", "What is <region0>?", "So.", Json{{1, 1, 9, 9}}).dump() + '\n';
  write_file(path("data/conversations.jsonl"), lines);
  const Warnings warnings;
  EXPECT_EQ(train("out", {{"steps", 2}, {"batch", 3}}).size(), 2u);
  for (const char* place : {"conversations.jsonl:1", "conversations.jsonl:2: ",
                            "conversations.jsonl:3: the answer names <region9>"}) {
    EXPECT_NE(warnings.all().find(place), std::string::npos) << place << "\n" << warnings.all();
  }
  EXPECT_TRUE(fails_with(
      [&] {
        write_file(path("data/conversations.jsonl"), "no json\n");
        train("none");
      },
      ErrorCode::kInvalidArgument, "no conversation to learn from"));
}

TEST_F(VlmRun, UnknownStagesAreNamed) {
  EXPECT_TRUE(fails_with(
      [&] {
        train("out", {{"stage", "tune"}});
      },
      ErrorCode::kInvalidArgument,
      "expected one of proposals, encoders, pretrain, align, finetune"));
}

}  // namespace
}  // namespace fo1::train
