// Every recorded end-to-end case: prompt, stages, tokens.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/files.h"
#include "fo1/input_json.h"
#include "fo1/model.h"
#include "support/close.h"
#include "support/data.h"
#include "support/golden.h"

namespace fo1 {
namespace {

using test::data_path;

struct Case {
  std::string name, model;
  bool trained = true;
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.name;
}

std::vector<Case> all_cases() {
  const Json json = test::load_data("parity/manifest.json");
  const JsonView cases = JsonView(json, "manifest.json").at("cases");
  std::vector<Case> result;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const JsonView row = cases.at(i);
    result.push_back(
        {row.get<std::string>("name"), row.get<std::string>("model"), row.get<bool>("trained")});
  }
  return result;
}

// Cases share models; one is loaded at a time.
const Model& model_at(const std::string& path) {
  static std::string loaded;
  static std::unique_ptr<Model> model;
  if (path != loaded) {
    model = std::make_unique<Model>(Model::load(data_path("parity/" + path)));
    loaded = path;
  }
  return *model;
}

// Suggested bounds of the recordings: relative l2 of the stages, absolute of the logits.
constexpr double kStage = 5e-5;
constexpr double kLogits = 1e-3;

testing::AssertionResult close(const std::string& name, const at::Tensor& actual,
                               const at::Tensor& golden) {
  if (golden.scalar_type() == at::kLong) {
    return actual.equal(golden) ? testing::AssertionSuccess()
                                : testing::AssertionFailure() << "integers differ";
  }
  if (name == "logits") return test::close_absolute(actual, golden, kLogits);
  if (name == "aux_boxes" || name == "vt_boxes") return test::close_relative(actual, golden, 1e-5);
  if (name.find("pixel_values") != std::string::npos)
    return test::close_absolute(actual, golden, 0);
  return test::close_relative(actual, golden, kStage);
}

// Tensors too large to be recorded: shape, statistics and sixteen values.
void check_statistics(const JsonView& stats, const at::Tensor& tensor, const std::string& name) {
  ASSERT_EQ(tensor.sizes().vec(), stats.get<std::vector<int64_t>>("shape")) << name;
  const double l2 = stats.get<double>("l2");
  const at::Tensor flat = tensor.flatten().to(at::kDouble);
  EXPECT_NEAR(flat.norm().item<double>(), l2, 1e-4 * l2 + 1e-9) << name;
  const auto index = stats.get<std::vector<int64_t>>("probe_index");
  const auto value = stats.get<std::vector<double>>("probe_value");
  const double scale =
      std::max({std::abs(stats.get<double>("min")), std::abs(stats.get<double>("max"))});
  for (std::size_t i = 0; i < index.size(); ++i) {
    EXPECT_NEAR(flat[index[i]].item<double>(), value[i], name == "logits" ? kLogits : 1e-4 * scale)
        << name << " at " << index[i];
  }
}

class RecordedCase : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    json_ = test::load_data("parity/cases/" + GetParam().name + ".json");
    out_ = join_path(test::scratch_folder(), "trace.safetensors");
    AskOptions options;
    options.max_new_tokens = spec().get<int64_t>("max_new_tokens");
    answer_ =
        model_at(GetParam().model)
            .trace(messages_from_json(json_.at("messages").dump(), "case", data_path("parity")),
                   out_, options);
  }
  JsonView spec() const { return {json_, GetParam().name}; }

  Json json_;
  std::string out_;
  Answer answer_;
};

TEST_P(RecordedCase, MatchesInEveryStage) {
  const auto trace = SafetensorsFile::open(out_);
  const test::Golden golden("parity/" + spec().get<std::string>("tensors"));
  for (const std::string& name : golden.names()) {
    if (name == "generated_ids" && !GetParam().trained) continue;
    if (golden[name].numel() == 0 && !trace->has(name)) continue;  // no regions were offered
    ASSERT_TRUE(trace->has(name)) << name;
    const at::Tensor wanted = golden[name];
    at::Tensor actual = trace->tensor(name);
    if (name == "logits" &&
        !GetParam().trained) {  // from the first doubtful token on they may part
      actual = actual.narrow(0, 0, 1);
      EXPECT_TRUE(close(name, actual, wanted.narrow(0, 0, 1)));
      continue;
    }
    EXPECT_TRUE(close(name, actual, wanted)) << name;
  }
  const JsonView stats = spec().at("stats");
  for (const std::string& name : stats.keys()) {
    if (golden.has(name) || !trace->has(name)) continue;
    check_statistics(stats.at(name), trace->tensor(name), name);
  }
}

TEST_P(RecordedCase, SaysTheSameWords) {
  EXPECT_EQ(answer_.prompt, spec().get<std::string>("prompt"));
  if (!GetParam().trained) return;
  std::string text = spec().get<std::string>("text");
  for (const std::string end : {"<|im_end|>", "<|endoftext|>"}) {
    if (text.size() >= end.size() && text.ends_with(end)) text.resize(text.size() - end.size());
  }
  EXPECT_EQ(answer_.text, text);
}

TEST_P(RecordedCase, NamesTheSameRegions) {
  if (!GetParam().trained) return;
  std::map<std::string, std::set<int64_t>> actual, wanted;
  for (const Detection& detection : answer_.detections) {
    actual[detection.label].insert(detection.region);
  }
  const JsonView parsed = spec().at("parsed");
  for (std::size_t i = 0; i < parsed.size(); ++i) {
    const auto indexes = parsed.at(i).get<std::vector<int64_t>>("indexes_sorted");
    if (indexes.empty()) continue;
    wanted[parsed.at(i).get<std::string>("label")] = {indexes.begin(), indexes.end()};
  }
  EXPECT_EQ(actual, wanted);
}

INSTANTIATE_TEST_SUITE_P(Parity, RecordedCase, testing::ValuesIn(all_cases()),
                         [](const auto& info) {
                           std::string name = info.param.name;
                           for (char& c : name)
                             c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
                           return name;
                         });

}  // namespace
}  // namespace fo1
