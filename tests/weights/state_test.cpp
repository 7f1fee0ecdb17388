#include "weights/state.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/nn/module.h>

#include <cstring>

#include "base/files.h"
#include "support/data.h"
#include "support/errors.h"
#include "weights/safetensors_writer.h"

namespace fo1 {
namespace {

using testing::HasSubstr;

// weight [2, 3], bias [2] and a buffer of positions [4].
struct Layer : torch::nn::Module {
  explicit Layer(const at::TensorOptions& options = at::kFloat) {
    weight = register_parameter("weight", at::empty({2, 3}, options), false);
    bias = register_parameter("bias", at::empty({2}, options), false);
    positions = register_buffer("positions", at::empty({4}, options.dtype(at::kLong)));
  }
  at::Tensor weight, bias, positions;
};

struct Net : torch::nn::Module {
  explicit Net(const at::TensorOptions& options = at::kFloat)
      : first(register_module("first", std::make_shared<Layer>(options))),
        second(register_module("second", std::make_shared<Layer>(options))) {}
  std::shared_ptr<Layer> first, second;
};

NamedTensors layer_tensors(const std::string& prefix, at::ScalarType type = at::kFloat) {
  return {{prefix + "weight", (at::arange(6, at::kFloat) / 3).view({2, 3}).to(type)},
          {prefix + "bias", at::full({2}, -0.7, type)},
          {prefix + "positions", at::arange(4)}};
}

NamedTensors operator+(NamedTensors left, const NamedTensors& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Checkpoint checkpoint_of(const NamedTensors& tensors) {
  const std::string folder = test::scratch_folder();
  write_safetensors(join_path(folder, "model.safetensors"), tensors);
  return Checkpoint::open(folder);
}

TEST(StateReader, FillsParametersAndBuffersOfAllSubmodules) {
  const Checkpoint checkpoint =
      checkpoint_of(layer_tensors("m.first.") + layer_tensors("m.second."));
  Net net;
  StateReader state(checkpoint);
  state.load(net, "m.");
  EXPECT_TRUE(net.first->weight.equal(checkpoint.tensor("m.first.weight")));
  EXPECT_TRUE(net.second->bias.equal(checkpoint.tensor("m.second.bias")));
  EXPECT_TRUE(net.second->positions.equal(at::arange(4)));
  EXPECT_NO_THROW(state.require_all_taken());
}

TEST(StateReader, ATensorOfTheSameTypeIsTheMappedFileItself) {
  const Checkpoint checkpoint = checkpoint_of(layer_tensors(""));
  Layer layer;
  StateReader(checkpoint).load(layer, "");
  EXPECT_EQ(layer.weight.data_ptr(), checkpoint.tensor("weight").data_ptr());
  EXPECT_EQ(layer.positions.data_ptr(), checkpoint.tensor("positions").data_ptr());
  EXPECT_FALSE(layer.weight.requires_grad());
}

// bfloat16 is the upper half of a float32.
at::Tensor widened(const at::Tensor& bfloat16) {
  at::Tensor wide = at::empty(bfloat16.sizes(), at::kFloat);
  const auto* narrow = static_cast<const std::uint16_t*>(bfloat16.const_data_ptr());
  for (std::int64_t i = 0; i < wide.numel(); ++i) {
    const std::uint32_t bits = static_cast<std::uint32_t>(narrow[i]) << 16;
    std::memcpy(wide.data_ptr<float>() + i, &bits, sizeof(bits));
  }
  return wide;
}

TEST(StateReader, ConvertsFloatsToTheTypeOfTheModule) {
  const Checkpoint checkpoint = checkpoint_of(layer_tensors("", at::kBFloat16));
  Layer layer;
  const void* memory = layer.weight.data_ptr();
  StateReader(checkpoint).load(layer, "");
  EXPECT_EQ(layer.weight.scalar_type(), at::kFloat);
  EXPECT_TRUE(layer.weight.equal(widened(checkpoint.tensor("weight"))));
  EXPECT_EQ(layer.weight.data_ptr(), memory);  // converted in place: no second allocation

  Layer half(at::kHalf);
  StateReader(checkpoint).load(half, "");
  EXPECT_TRUE(half.bias.equal(checkpoint.tensor("bias").to(at::kHalf)));
}

TEST(StateReader, NamesWhatIsMissing) {
  const Checkpoint checkpoint = checkpoint_of(layer_tensors("first."));
  Net net;
  StateReader state(checkpoint);
  EXPECT_TRUE(test::fails_with(
      [&] { state.load(net, ""); }, ErrorCode::kNotFound,
      checkpoint.folder() + ": 3 missing tensors: \"second.weight\" (expected shape [2, 3]), "
                            "\"second.bias\" (expected shape [2]), "
                            "\"second.positions\" (expected shape [4])"));
  EXPECT_TRUE(
      test::fails_with([&] { state.load(net, "x."); }, ErrorCode::kNotFound, " and 1 more"));
}

TEST(StateReader, AWrongShapeIsCorruptAndChangesNothing) {
  NamedTensors tensors = layer_tensors("");
  tensors[0].second = tensors[0].second.t();
  const Checkpoint checkpoint = checkpoint_of(tensors);
  Layer layer;
  const void* memory = layer.bias.data_ptr();
  EXPECT_TRUE(test::fails_with([&] { StateReader(checkpoint).load(layer, ""); },
                               ErrorCode::kCorruptFile,
                               "1 mismatched tensor: \"weight\" (expected shape [2, 3], got [3, 2] "
                               "in model.safetensors)"));
  EXPECT_EQ(layer.weight.sizes(), at::IntArrayRef({2, 3}));
  EXPECT_EQ(layer.bias.data_ptr(), memory);
}

TEST(StateReader, SameNumberOfElementsInAnotherShapeIsAMismatch) {
  NamedTensors tensors = layer_tensors("");
  tensors[0].second = tensors[0].second.view({6});
  const Checkpoint checkpoint = checkpoint_of(tensors);
  Layer layer;
  EXPECT_TRUE(test::fails_with([&] { StateReader(checkpoint).load(layer, ""); },
                               ErrorCode::kCorruptFile, "expected shape [2, 3], got [6]"));
}

TEST(StateReader, IntegersDoNotFillFloatsNorFloatsIntegers) {
  NamedTensors tensors = layer_tensors("");
  tensors[1].second = at::ones({2}, at::kLong);
  tensors[2].second = at::ones({4}, at::kFloat);
  const Checkpoint checkpoint = checkpoint_of(tensors);
  Layer layer;
  const auto load = [&] { StateReader(checkpoint).load(layer, ""); };
  EXPECT_TRUE(test::fails_with(load, ErrorCode::kCorruptFile,
                               "\"bias\" (expected type F32, got I64 in model.safetensors)"));
  EXPECT_TRUE(test::fails_with(load, ErrorCode::kCorruptFile,
                               "\"positions\" (expected type I64, got F32 in model.safetensors)"));
}

TEST(StateReader, TensorsThatNobodyAskedForAreNamedUnlessIgnored) {
  const Checkpoint checkpoint =
      checkpoint_of(layer_tensors("m.") + layer_tensors("x.") + layer_tensors("y."));
  Layer layer;
  StateReader state(checkpoint);
  state.load(layer, "m.");
  const auto require = [&] { state.require_all_taken(); };
  EXPECT_TRUE(
      test::fails_with(require, ErrorCode::kCorruptFile,
                       "6 unexpected tensors: \"x.bias\" (shape [2] in model.safetensors)"));
  EXPECT_TRUE(test::fails_with(require, ErrorCode::kCorruptFile, " and 1 more"));
  state.ignore("x.*");
  state.ignore("*.positions");
  EXPECT_TRUE(
      test::fails_with(require, ErrorCode::kCorruptFile, "2 unexpected tensors: \"y.bias\""));
  state.ignore("y.*");
  EXPECT_NO_THROW(require());
}

TEST(StateReader, RulesNameTheTensorInTheCheckpoint) {
  const Checkpoint checkpoint =
      checkpoint_of(layer_tensors("layers.0.") + layer_tensors("layers.1."));
  const NameRule rules[] = {{"m.first.*", "layers.0.*"}, {"m.second.*", "layers.1.*"}};
  Net net;
  StateReader state(checkpoint);
  state.load(net, "m.", rules);
  EXPECT_EQ(net.second->weight.data_ptr(), checkpoint.tensor("layers.1.weight").data_ptr());
  EXPECT_NO_THROW(state.require_all_taken());
}

TEST(StateReader, ComparingReportsEverythingAndLoadsNothing) {
  NamedTensors tensors = layer_tensors("first.") + layer_tensors("other.");
  tensors[0].second = at::ones({7});
  const Checkpoint checkpoint = checkpoint_of(tensors);
  const Net net(at::TensorOptions(at::kMeta).dtype(at::kBFloat16));
  StateReader state(checkpoint);
  state.compare(net, "");
  const StateReport report = state.report();
  ASSERT_EQ(report.mismatched.size(), 1u);
  EXPECT_EQ(report.mismatched[0].name, "first.weight");
  EXPECT_THAT(report.mismatched[0].what, HasSubstr("expected shape [2, 3], got [7]"));
  ASSERT_EQ(report.missing.size(), 3u);
  EXPECT_EQ(report.missing[0].name, "second.weight");
  ASSERT_EQ(report.extra.size(), 3u);
  EXPECT_EQ(report.extra[0].name, "other.bias");
  EXPECT_FALSE(report.empty());
  EXPECT_TRUE(test::fails_with([&] { report.throw_if_any(); }, ErrorCode::kCorruptFile,
                               checkpoint.folder() + ": 3 missing tensors: "));
}

TEST(StateReader, LoadingToTheMetaDeviceIsADefect) {
  const Checkpoint checkpoint = checkpoint_of(layer_tensors(""));
  Layer layer(at::kMeta);
  EXPECT_TRUE(test::fails_with([&] { StateReader(checkpoint).load(layer, ""); },
                               ErrorCode::kInternal, "meta device"));
}

}  // namespace
}  // namespace fo1
