#include "language/qwen.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "fo1/error.h"
#include "language/positions.h"
#include "support/close.h"
#include "support/golden.h"
#include "support/gradients.h"

namespace fo1 {
namespace {

using test::close_absolute;
using test::close_relative;

LanguageConfig tiny_config() {
  LanguageConfig config;
  config.vocabulary = 50;
  config.dim = 32;
  config.hidden = 48;
  config.layers = 3;
  config.heads = 4;
  config.kv_heads = 2;
  config.head_dim = 8;
  config.rope_sections = {1, 1, 2};
  return config;
}

Qwen tiny_model() {
  at::manual_seed(3);
  Qwen model(tiny_config(), at::TensorOptions(at::kFloat));
  for (at::Tensor& p : model->parameters()) p.normal_(0, 0.4);
  return model;
}

TEST(QwenLayer, MatchesRecordedRealSizeLayer) {
  const Json json = test::load_data("parity/modules/decoder_layer_2048.json");
  const JsonView spec(json, "decoder_layer_2048.json");
  const test::Golden golden("parity/" + spec.get<std::string>("tensors"));
  LanguageConfig config;
  config.heads = spec.get<int64_t>("heads");
  config.kv_heads = spec.get<int64_t>("kv_heads");
  config.norm_eps = spec.get<double>("rms_norm_eps");
  QwenLayer layer(config, at::TensorOptions(at::kFloat));
  test::fill(*layer, spec.at("weights"));

  const at::Tensor angles = mrope_angles(config, golden["position_ids"]);
  const at::Tensor x = test::regenerate(spec.at("inputs").at("x"))[0];
  EXPECT_TRUE(
      close_relative(layer(x, rotary_table(angles), at::Tensor(), nullptr), golden["out"], 5e-5));
  // The recorded tables hold all three axes; ours has picked one for each frequency already.
  const int64_t first = config.rope_sections[0];
  EXPECT_TRUE(
      close_absolute(angles.cos().narrow(1, 0, first), golden["cos"][0].narrow(1, 0, first), 1e-6));
}

// However the tokens are fed, in one piece, in several, one by one, without a cache: same states.
TEST(Qwen, CachedPiecesEqualOnePass) {
  Qwen model = tiny_model();
  const at::Tensor x = at::randn({11, 32});
  const at::Tensor positions = at::arange(11, at::kLong).expand({3, 11});
  const at::Tensor wanted = model->forward(x, positions, nullptr, Control::unlimited());
  for (const std::vector<int64_t>& cuts :
       {std::vector<int64_t>{11}, {5, 6}, {1, 9, 1}, std::vector<int64_t>(11, 1)}) {
    KvCache cache(3);
    std::vector<at::Tensor> outputs;
    for (const int64_t n : cuts) {
      const int64_t start = cache.length();
      outputs.push_back(model->forward(x.narrow(0, start, n), positions.narrow(1, start, n), &cache,
                                       Control::unlimited()));
    }
    EXPECT_TRUE(close_relative(at::cat(outputs), wanted, 1e-5)) << cuts.size() << " pieces";
  }
}

TEST(Qwen, SequencesOfABatchDoNotKnowEachOther) {
  Qwen model = tiny_model();
  const at::Tensor x = at::randn({3, 9, 32});
  const at::Tensor positions = at::randint(40, {3, 3, 9}, at::kLong);
  const at::Tensor all = model->forward(x, positions, nullptr, Control::unlimited());
  ASSERT_EQ(all.sizes(), x.sizes());
  const int64_t lengths[] = {9, 4, 1};  // the rest of a row fills it up
  for (int64_t i = 0; i < 3; ++i) {
    const at::Tensor one = model->forward(x[i].narrow(0, 0, lengths[i]),
                                          positions.select(1, i).narrow(1, 0, lengths[i]), nullptr,
                                          Control::unlimited());
    EXPECT_TRUE(close_relative(all[i].narrow(0, 0, lengths[i]), one, 1e-5)) << "row " << i;
  }
}

TEST(KvCache, GrowsAndTruncates) {
  Qwen model = tiny_model();
  KvCache cache(3);
  const at::Tensor x = at::randn({700, 32});
  const at::Tensor positions = at::arange(700, at::kLong).expand({3, 700});
  model->forward(x.narrow(0, 0, 200), positions.narrow(1, 0, 200), &cache, Control::unlimited());
  const auto rest = [&] {
    return model->forward(x.narrow(0, 200, 500), positions.narrow(1, 200, 500), &cache,
                          Control::unlimited());
  };
  const at::Tensor once = rest();
  EXPECT_EQ(cache.length(), 700);
  cache.truncate(200);
  EXPECT_EQ(cache.length(), 200);
  EXPECT_TRUE(rest().equal(once));  // to the bit
}

TEST(Qwen, RunsOnTheMetaDevice) {
  const auto meta = at::TensorOptions(at::kMeta).dtype(at::kBFloat16);
  Qwen model(tiny_config(), meta);
  KvCache cache(3);
  const at::Tensor ids = at::empty({5}, meta.dtype(at::kLong));
  for (int i = 0; i < 2; ++i) {
    const at::Tensor out = model->forward(
        model->embed(ids), at::empty({3, 5}, meta.dtype(at::kLong)), &cache, Control::unlimited());
    EXPECT_EQ(out.sizes(), (std::vector<int64_t>{5, 32}));
  }
  EXPECT_EQ(cache.length(), 10);
}

TEST(Qwen, Trains) {
  Qwen model(tiny_config(), at::kFloat);
  const at::Tensor ids = at::arange(7, at::kLong), positions = ids.expand({3, -1});
  test::expect_gradients(*model, [&] {
    return model->forward(model->embed(ids), positions, nullptr, Control::unlimited());
  });
}

TEST(Qwen, TrainsOnABatch) {
  Qwen model(tiny_config(), at::kFloat);
  const at::Tensor ids = at::arange(10, at::kLong).view({2, 5});
  const at::Tensor positions = at::arange(5, at::kLong).expand({3, 2, 5});
  test::expect_gradients(*model, [&] {
    return model->forward(model->embed(ids), positions, nullptr, Control::unlimited());
  });
}

TEST(Positions, ImagesSpanAGridAndTextGoesOnAfterIt) {
  using Kind = PromptSegment::Kind;
  const PromptSegment segments[] = {
      {Kind::kText, 2, {}}, {Kind::kImage, 6, {3, 2}}, {Kind::kRegion, 1, {}}};
  const TokenPositions positions = positions_of(segments);
  EXPECT_TRUE(positions.ids.equal(at::tensor({0, 1, 2, 2, 2, 2, 2, 2, 5,  //
                                              0, 1, 2, 2, 2, 3, 3, 3, 5,  //
                                              0, 1, 2, 3, 4, 2, 3, 4, 5},
                                             at::kLong)
                                      .view({3, 9})));
  EXPECT_EQ(positions.next, 6);
}

TEST(LanguageConfig, RefusesWhatItCannotRun) {
  const auto refuses = [](const char* text) {
    const Json json = parse_json(text, "config.json");
    try {
      language_config_from(JsonView(json, "config.json"));
    } catch (const Error& error) {
      return error.code() == ErrorCode::kUnsupported;
    }
    return false;
  };
  EXPECT_FALSE(refuses("{}"));
  EXPECT_TRUE(refuses(R"({"num_key_value_heads": 3})"));
  EXPECT_TRUE(refuses(R"({"rope_scaling": {"mrope_section": [1, 2, 3]}})"));
  EXPECT_TRUE(refuses(R"({"use_sliding_window": true})"));
  EXPECT_TRUE(refuses(R"({"hidden_act": "gelu"})"));
}

}  // namespace
}  // namespace fo1
