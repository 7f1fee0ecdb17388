#include "weights/lora.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/nn/module.h>

#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/json.h"
#include "support/data.h"
#include "support/errors.h"
#include "weights/safetensors_writer.h"

namespace fo1 {
namespace {

using test::fails_with;

struct Layer : torch::nn::Module {
  explicit Layer(at::ScalarType type = at::kFloat) {
    auto q = register_module("q", std::make_shared<torch::nn::Module>());
    weight = q->register_parameter("weight", at::arange(6, type).view({2, 3}), false);
    bias = q->register_parameter("bias", at::ones({2}, type), false);
  }
  at::Tensor weight, bias;
};

class Adapter : public testing::Test {
 protected:
  Adapter() {
    config_ = {{"peft_type", "LORA"},
               {"r", 1},
               {"lora_alpha", 2},
               {"bias", "none"},
               {"modules_to_save", nullptr},
               {"target_modules", {"q"}}};
    tensors_ = {
        {"base_model.model.layers.0.q.lora_A.weight", at::tensor({1.0F, 2.0F, 3.0F}).view({1, 3})},
        {"base_model.model.layers.0.q.lora_B.weight", at::tensor({1.0F, -1.0F}).view({2, 1})}};
  }
  std::string write() const {
    write_file(join_path(folder_, kLoraConfigFile), config_.dump());
    write_safetensors(join_path(folder_, kLoraWeightsFile), tensors_);
    return folder_;
  }
  void merge(Layer& layer) const {
    LoraMerger merger(write());
    merger.merge_into(layer, "layers.0.");
    merger.require_all_merged();
  }

  std::string folder_ = test::scratch_folder();
  Json config_;
  NamedTensors tensors_;
};

TEST_F(Adapter, AddsItsProduct) {
  Layer layer;
  const at::Tensor before = layer.weight.clone(), seen = layer.weight.detach();
  merge(layer);
  const at::Tensor product = at::tensor({1.0F, 2.0F, 3.0F, -1.0F, -2.0F, -3.0F}).view({2, 3});
  EXPECT_TRUE(layer.weight.equal(before + 2 * product));
  EXPECT_TRUE(layer.bias.equal(at::ones({2})));
  EXPECT_TRUE(seen.equal(before));  // the old tensor may lie in a file
}

TEST_F(Adapter, ScalesWithTheRootOfTheRankWhereItSaysSo) {
  config_["r"] = 4;
  config_["use_rslora"] = true;
  Layer layer;
  merge(layer);
  EXPECT_FLOAT_EQ(layer.weight[0][0].item<float>(), 0 + 2.0F / 2);
}

TEST_F(Adapter, KeepsTheWeightsType) {
  Layer layer(at::kBFloat16);
  merge(layer);
  EXPECT_EQ(layer.weight.scalar_type(), at::kBFloat16);
  EXPECT_EQ(layer.weight[1][2].item<float>(), 5 - 6);
}

TEST_F(Adapter, OfAnotherModelIsRefused) {
  Layer layer;
  tensors_.push_back({"base_model.model.layers.7.q.lora_A.weight", at::ones({1, 3})});
  EXPECT_TRUE(fails_with([&] { merge(layer); }, ErrorCode::kCorruptFile,
                         "layers.7.q.lora_A.weight\" change no weight of this model"));
  tensors_.pop_back();
  tensors_[1].second = at::ones({3, 1});
  EXPECT_TRUE(fails_with([&] { merge(layer); }, ErrorCode::kCorruptFile,
                         "make no change of a weight of shape [2, 3]"));
}

TEST_F(Adapter, ThatDoesMoreIsRefused) {
  const auto refused = [&](const char* key, const Json& value, ErrorCode code, const char* what) {
    Json kept = config_;
    config_[key] = value;
    const bool result =
        static_cast<bool>(fails_with([&] { LoraMerger merger(write()); }, code, what));
    config_ = std::move(kept);
    return result;
  };
  EXPECT_TRUE(refused("peft_type", "IA3", ErrorCode::kCorruptFile, "peft_type: expected LORA"));
  EXPECT_TRUE(
      refused("use_dora", true, ErrorCode::kUnsupported, "use_dora: true is not supported"));
  EXPECT_TRUE(refused("bias", "all", ErrorCode::kUnsupported, "bias: \"all\" is not supported"));
  EXPECT_TRUE(refused("modules_to_save", {"head"}, ErrorCode::kUnsupported, "modules_to_save"));
  EXPECT_TRUE(refused("init_lora_weights", "pissa", ErrorCode::kUnsupported, "init_lora_weights"));
  EXPECT_TRUE(refused("r", 0, ErrorCode::kCorruptFile, "r: expected a rank"));
  EXPECT_TRUE(fails_with([] { LoraMerger merger("/nowhere"); }, ErrorCode::kNotFound, "/nowhere"));
}

}  // namespace
}  // namespace fo1
