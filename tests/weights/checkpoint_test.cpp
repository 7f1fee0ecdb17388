#include "weights/checkpoint.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "support/data.h"
#include "support/errors.h"
#include "support/golden.h"
#include "weights/safetensors_writer.h"

namespace fo1 {
namespace {
namespace fs = std::filesystem;

using testing::ElementsAre;

// Two shards and their index; tests damage it before opening.
class ShardedCheckpoint : public testing::Test {
 protected:
  ShardedCheckpoint() {
    write_safetensors(in_folder("one.safetensors"),
                      {{"a", at::ones({2, 3})}, {"b", at::zeros({4})}});
    write_safetensors(in_folder("two.safetensors"), {{"c", at::arange(5)}});
    write_index({{"a", "one.safetensors"}, {"b", "one.safetensors"}, {"c", "two.safetensors"}});
  }

  std::string in_folder(const std::string& name) const { return join_path(folder_, name); }
  void write_index(const std::map<std::string, std::string>& weight_map) const {
    write_file(in_folder("model.safetensors.index.json"), Json{{"weight_map", weight_map}}.dump());
  }
  testing::AssertionResult opening_fails(ErrorCode code, const std::string& text) const {
    return test::fails_with([&] { Checkpoint::open(folder_); }, code, text);
  }

  std::string folder_ = test::scratch_folder();
};

TEST_F(ShardedCheckpoint, FindsEveryTensorInItsShard) {
  const Checkpoint checkpoint = Checkpoint::open(folder_);
  EXPECT_THAT(checkpoint.names(), ElementsAre("a", "b", "c"));
  EXPECT_EQ(checkpoint.folder(), folder_);
  EXPECT_EQ(checkpoint.total_bytes(), 24u + 16u + 40u);
  EXPECT_EQ(checkpoint.file_of("b"), in_folder("one.safetensors"));
  EXPECT_THAT(checkpoint.info("a").shape, ElementsAre(2, 3));
  EXPECT_TRUE(checkpoint.tensor("c").equal(at::arange(5)));
  EXPECT_FALSE(checkpoint.has("d"));
  EXPECT_TRUE(test::fails_with([&] { checkpoint.tensor("d"); }, ErrorCode::kNotFound,
                               folder_ + ": no tensor named \"d\""));
}

TEST_F(ShardedCheckpoint, TensorsOutliveIt) {
  at::Tensor tensor;
  { tensor = Checkpoint::open(folder_).tensor("a"); }
  EXPECT_TRUE(tensor.equal(at::ones({2, 3})));
}

TEST_F(ShardedCheckpoint, AMissingShardIsNotFound) {
  fs::remove(in_folder("two.safetensors"));
  EXPECT_TRUE(opening_fails(ErrorCode::kNotFound,
                            "index.json: names the shard \"two.safetensors\", which is not in"));
}

TEST_F(ShardedCheckpoint, ATruncatedShardIsCorrupt) {
  const std::string path = in_folder("one.safetensors");
  fs::resize_file(path, fs::file_size(path) - 1);
  EXPECT_TRUE(opening_fails(ErrorCode::kCorruptFile, path + ": tensor \"b\": data_offsets"));
}

TEST_F(ShardedCheckpoint, ATensorThatIsNotInItsShardIsCorrupt) {
  write_index({{"a", "one.safetensors"},
               {"b", "one.safetensors"},
               {"c", "two.safetensors"},
               {"d", "two.safetensors"}});
  EXPECT_TRUE(opening_fails(ErrorCode::kCorruptFile, "two.safetensors: tensor \"d\" is missing"));
}

TEST_F(ShardedCheckpoint, ATensorThatTheIndexDoesNotNameIsCorrupt) {
  write_index({{"a", "one.safetensors"}, {"c", "two.safetensors"}});
  EXPECT_TRUE(
      opening_fails(ErrorCode::kCorruptFile, "one.safetensors: tensor \"b\" is not expected"));
}

TEST_F(ShardedCheckpoint, ATensorInTheWrongShardIsCorrupt) {
  write_index({{"a", "one.safetensors"}, {"b", "two.safetensors"}, {"c", "two.safetensors"}});
  EXPECT_TRUE(
      opening_fails(ErrorCode::kCorruptFile, "one.safetensors: tensor \"b\" is not expected"));
}

TEST_F(ShardedCheckpoint, AShardOutsideTheFolderIsRefused) {
  for (const char* shard : {"../one.safetensors", "/etc/passwd", ""}) {
    write_index({{"a", shard}});
    EXPECT_TRUE(opening_fails(ErrorCode::kCorruptFile, "weight_map: a: expected a file name"));
  }
}

TEST_F(ShardedCheckpoint, ABrokenIndexIsCorrupt) {
  const std::string index = in_folder("model.safetensors.index.json");
  write_file(index, "{");
  EXPECT_TRUE(opening_fails(ErrorCode::kCorruptFile, index + ": not valid JSON"));
  write_file(index, "{}");
  EXPECT_TRUE(opening_fails(ErrorCode::kCorruptFile, "missing key \"weight_map\""));
  write_file(index, R"({"weight_map":{"a":1}})");
  EXPECT_TRUE(opening_fails(ErrorCode::kCorruptFile, "weight_map: a: expected a string"));
}

TEST(Checkpoint, ReadsASingleFileUnderAnyModelName) {
  for (const char* name : {"model.safetensors", "model-00001-of-00001.safetensors"}) {
    const std::string folder = test::scratch_folder();
    write_safetensors(join_path(folder, name), {{"a", at::ones({2})}});
    write_safetensors(join_path(folder, "other.safetensors"), {{"b", at::ones({2})}});
    EXPECT_THAT(Checkpoint::open(folder).names(), ElementsAre("a")) << name;
  }
}

TEST(Checkpoint, SeveralFilesWithoutAnIndexAreRefused) {
  const std::string folder = test::scratch_folder();
  write_safetensors(join_path(folder, "model-1.safetensors"), {{"a", at::ones({2})}});
  write_safetensors(join_path(folder, "model-2.safetensors"), {{"b", at::ones({2})}});
  EXPECT_TRUE(test::fails_with([&] { Checkpoint::open(folder); }, ErrorCode::kNotFound,
                               folder + ": 2 files of weights, but no"));
}

TEST(Checkpoint, AFolderWithoutWeightsIsNotFound) {
  const std::string folder = test::scratch_folder();
  EXPECT_TRUE(test::fails_with([&] { Checkpoint::open(folder); }, ErrorCode::kNotFound,
                               folder + ": no weights: expected model.safetensors or"));
  EXPECT_TRUE(test::fails_with([&] { Checkpoint::open("/nowhere"); }, ErrorCode::kNotFound,
                               "model folder \"/nowhere\" is not a folder"));
}

TEST(Checkpoint, RecordedModelsOpenWithTheTensorsTheyShouldHave) {
  const Json manifest = test::load_data("parity/manifest.json");
  const JsonView models = JsonView(manifest, "manifest").at("models");
  int opened = 0;
  for (std::size_t i = 0; i < models.size(); ++i) {
    const JsonView model = models.at(i);
    const std::string folder = test::data_path("parity/" + model.get<std::string>("path"));
    if (!fs::exists(folder)) continue;  // a selection need not hold every model
    const Checkpoint checkpoint = Checkpoint::open(folder);
    EXPECT_EQ(static_cast<std::int64_t>(checkpoint.names().size()),
              model.get<std::int64_t>("tensors"));
    for (const std::string& name : checkpoint.names()) {
      EXPECT_THAT(model.get<std::vector<std::string>>("stored_dtype"),
                  testing::Contains(data_type_name(checkpoint.info(name).dtype)))
          << name;
    }
    ++opened;
  }
  EXPECT_GT(opened, 0);
}

}  // namespace
}  // namespace fo1
