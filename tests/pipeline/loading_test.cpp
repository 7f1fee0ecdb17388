// Loading: other dtypes, other families, broken folders.
#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/json.h"
#include "fo1/inspection.h"
#include "pipeline/guard.h"
#include "pipeline/tiny_model.h"
#include "support/data.h"
#include "support/errors.h"
#include "weights/checkpoint.h"
#include "weights/safetensors_writer.h"

namespace fo1 {
namespace {

using test::copy_tiny_model;
using test::fails_with;
using test::sample_scene;
namespace fs = std::filesystem;

void edit_config(const std::string& folder, const std::function<void(Json&)>& edit) {
  const std::string path = join_path(folder, "config.json");
  Json json = load_json(path);
  edit(json);
  write_file(path, json.dump());
}

// Writes the tiny model's tensors anew, as one file, renamed (empty name: left out).
void rewrite_weights(const std::string& folder,
                     const std::function<std::string(const std::string&)>& rename) {
  NamedTensors tensors;
  {
    const Checkpoint checkpoint = Checkpoint::open(folder);
    for (const std::string& name : checkpoint.names()) {
      const std::string renamed = rename(name);
      if (!renamed.empty()) tensors.emplace_back(renamed, checkpoint.tensor(name).clone());
    }
  }
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().filename().string().starts_with("model")) fs::remove(entry.path());
  }
  write_safetensors(join_path(folder, "model.safetensors"), tensors);
}

TEST(Loading, LowerPrecisionGivesTheSameWords) {
  const test::SampleScene sample = sample_scene("detect_0");
  for (const char* dtype : {"bfloat16", "float16"}) {
    LoadOptions options;
    options.dtype = dtype;
    const Model model = Model::load(test::tiny_model_folder(), options);
    Scene scene = model.scene(sample.image, sample.regions);
    EXPECT_EQ(scene.detect({"red circle"}).text, sample.answer) << dtype;
  }
}

// The tiny model without its region modules, under the names of the base VLM's own checkpoints.
std::string plain_qwen_folder(const std::string& primary, const std::string& language) {
  const std::string folder = copy_tiny_model();
  rewrite_weights(folder, [&](const std::string& name) -> std::string {
    const std::string tower = "model.vision_tower.image_tower.";
    if (name.starts_with(tower)) return primary + name.substr(tower.size());
    if (name.starts_with("model.vision_tower_aux.") ||
        name.starts_with("model.object_vp_extractor.") || name.starts_with("model.mm_projector")) {
      return "";
    }
    return name.starts_with("model.") ? language + name.substr(6) : name;
  });
  edit_config(folder, [](Json& json) {
    for (auto it = json.begin(); it != json.end();) {
      it = it.key().starts_with("mm_") || it.key().starts_with("aux_") ? json.erase(it)
                                                                       : std::next(it);
    }
    json["model_type"] = "qwen2_5_vl";
  });
  return folder;
}

TEST(Loading, PlainVlmAnswersAndSaysWhatItCannot) {
  const test::SampleScene sample = sample_scene("no_regions");
  for (const auto& [primary, language] :
       {std::pair("visual.", "model."), {"model.visual.", "model.language_model."}}) {
    const Model model = Model::load(plain_qwen_folder(primary, language));
    EXPECT_FALSE(model.has_regions());
    Scene scene = model.scene(sample.image);
    EXPECT_EQ(scene.ask({"ask", {sample.question}, {}}).text, sample.answer);
    EXPECT_TRUE(fails_with(
        [&] {
          scene.set_regions({Region{{0, 0, 9, 9}, {}, ""}});
        },
        ErrorCode::kUnsupported, "no region modules"));
  }
}

TEST(Loading, MissingExtraAndWrongTensorsAreNamed) {
  const std::string name = "model.layers.1.mlp.up_proj.weight";
  const std::string missing = copy_tiny_model();
  rewrite_weights(missing, [&](const std::string& n) { return n == name ? "" : n; });
  EXPECT_TRUE(fails_with([&] { Model::load(missing); }, ErrorCode::kNotFound, name.c_str()));

  const std::string extra = copy_tiny_model();
  rewrite_weights(extra, [&](const std::string& n) { return n == name ? n + "2" : n; });
  EXPECT_TRUE(fails_with([&] { Model::load(extra); }, ErrorCode::kNotFound, name.c_str()));
  const Inspection inspection = inspect(extra);
  EXPECT_FALSE(inspection.is_whole());
  std::vector<std::string> kinds;
  for (const InspectedProblem& problem : inspection.problems) {
    kinds.push_back(problem.kind + " " + problem.tensor);
  }
  EXPECT_THAT(kinds, testing::UnorderedElementsAre("missing " + name, "extra " + name + "2"));

  const std::string wrong = copy_tiny_model();
  edit_config(wrong, [](Json& json) { json["intermediate_size"] = 300; });
  EXPECT_TRUE(fails_with([&] { Model::load(wrong); }, ErrorCode::kCorruptFile, "gate_proj.weight"));
}

TEST(Loading, BrokenFoldersAreClearErrors) {
  EXPECT_TRUE(fails_with([] { Model::load("/nowhere"); }, ErrorCode::kNotFound, "/nowhere"));
  const auto without = [](const char* file, ErrorCode code) {
    const std::string folder = copy_tiny_model();
    fs::remove(fs::path(folder) / file);
    return fails_with([&] { Model::load(folder); }, code, "");
  };
  EXPECT_TRUE(without("config.json", ErrorCode::kNotFound));
  EXPECT_TRUE(without("vocab.json", ErrorCode::kNotFound));
  EXPECT_TRUE(without("model-00002-of-00002.safetensors", ErrorCode::kNotFound));

  const std::string broken = copy_tiny_model();
  write_file(join_path(broken, "config.json"), "{\"hidden_size\": ");
  EXPECT_TRUE(fails_with([&] { Model::load(broken); }, ErrorCode::kCorruptFile, "config.json"));
  const std::string typed = copy_tiny_model();
  edit_config(typed, [](Json& json) { json["hidden_size"] = "wide"; });
  EXPECT_TRUE(fails_with([&] { Model::load(typed); }, ErrorCode::kCorruptFile, "hidden_size"));

  const std::string cut = copy_tiny_model();
  const fs::path shard = fs::path(cut) / "model-00001-of-00002.safetensors";
  fs::resize_file(shard, fs::file_size(shard) / 2);
  EXPECT_TRUE(fails_with([&] { Model::load(cut); }, ErrorCode::kCorruptFile, "model-00001"));
}

TEST(Loading, BadOptionsAreClearErrors) {
  const auto refuses = [](LoadOptions options, ErrorCode code, const char* text) {
    return fails_with([&] { Model::load(test::tiny_model_folder(), options); }, code, text);
  };
  EXPECT_TRUE(refuses({.device = "tpu"}, ErrorCode::kInvalidArgument, "tpu"));
  EXPECT_TRUE(refuses({.device = "cuda:x"}, ErrorCode::kInvalidArgument, "cuda:x"));
  EXPECT_TRUE(refuses({.dtype = "int3"}, ErrorCode::kInvalidArgument, "int3"));
  EXPECT_TRUE(refuses({.threads = -1}, ErrorCode::kInvalidArgument, "threads"));
  EXPECT_TRUE(refuses({.device = "cuda:99"}, ErrorCode::kUnsupported, "CUDA"));
}

TEST(Loading, InspectDescribesAWholeModel) {
  const Inspection inspection = inspect(test::tiny_model_folder());
  EXPECT_TRUE(inspection.is_whole());
  EXPECT_EQ(inspection.family, "VLM-FO1");
  EXPECT_EQ(inspection.files, 2);
  EXPECT_EQ(inspection.tensors, 316);
  std::int64_t bytes = 0;
  for (const InspectedPart& part : inspection.parts) bytes += part.bytes;
  EXPECT_EQ(bytes, inspection.bytes);
  EXPECT_NO_THROW(Json::parse(inspection.to_json()));
}

TEST(Cuda, AnswersLikeTheCpu) {
  if (!at::hasCUDA()) GTEST_SKIP() << "no CUDA device in this process";
  const test::SampleScene sample = sample_scene("detect_0");
  LoadOptions options;
  options.device = "cuda";
  const Model model = Model::load(test::tiny_model_folder(), options);
  Scene scene = model.scene(sample.image, sample.regions);
  EXPECT_EQ(scene.detect({"red circle"}).text, sample.answer);
}

TEST(Guard, ForeignExceptionsBecomeErrors) {
  EXPECT_TRUE(fails_with([] { guarded([] { at::ones({2}).view({3}); }); }, ErrorCode::kInternal,
                         "LibTorch"));
  EXPECT_TRUE(
      fails_with([] { guarded([] { throw std::bad_alloc(); }); }, ErrorCode::kOutOfMemory, ""));
  EXPECT_TRUE(fails_with([] { guarded([] { at::empty({int64_t{1} << 50}); }); },
                         ErrorCode::kOutOfMemory, "memory"));
  EXPECT_TRUE(fails_with([] { guarded([] { throw std::runtime_error("x"); }); },
                         ErrorCode::kInternal, "x"));
  EXPECT_TRUE(fails_with([] { guarded([] { throw 1; }); }, ErrorCode::kInternal, "unknown"));
}

}  // namespace
}  // namespace fo1
