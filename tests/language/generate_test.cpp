#include "language/generate.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "fo1/error.h"
#include "support/errors.h"

namespace fo1 {
namespace {

// A decoder whose layers do nothing and whose head prefers the token after the current one.
Decoder counting_decoder() {
  LanguageConfig config;
  config.vocabulary = 8;
  config.dim = 8;
  config.hidden = 8;
  config.layers = 1;
  config.heads = 1;
  config.kv_heads = 1;
  config.head_dim = 8;
  config.rope_sections = {2, 1, 1};
  Decoder decoder{Qwen(config, at::TensorOptions(at::kFloat)), {}};
  for (at::Tensor& p : decoder.model->parameters()) p.zero_();
  decoder.model->embed_tokens->weight.copy_(at::eye(8));
  decoder.model->norm->weight.fill_(1);
  decoder.head = at::eye(8).roll(1, 0) * 3;
  return decoder;
}

Generation run(GenerateOptions options, const Control& control = Control::unlimited()) {
  Decoder decoder = counting_decoder();
  KvCache cache(1);
  return generate(decoder, cache, decoder.model->embed_tokens->weight[0], 0, options, control);
}

TEST(Generate, StopsAtAStopIdAndKeepsIt) {
  const Generation out = run({.stop_ids = {3}});
  EXPECT_EQ(out.ids, (std::vector<int64_t>{1, 2, 3}));
  EXPECT_EQ(out.finish, FinishReason::kStop);
  ASSERT_EQ(out.probabilities.size(), 3u);
  EXPECT_NEAR(out.probabilities[0], std::exp(3.) / (std::exp(3.) + 7), 1e-6);
}

TEST(Generate, StopsAtTheTokenLimit) {
  const Generation out = run({.max_new_tokens = 2, .stop_ids = {}, .keep_logits = 1});
  EXPECT_EQ(out.ids, (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(out.finish, FinishReason::kLength);
  EXPECT_EQ(out.logits.size(), 1u);
}

TEST(Generate, LimitsBetweenTokensKeepWhatIsThere) {
  Limits limits;
  int calls = 0;
  const Control control(limits);
  const Generation cancelled = run({.stop_ids = {},
                                    .on_token =
                                        [&](int64_t) {
                                          if (++calls == 2) limits.cancel.cancel();
                                          return StreamAction::kContinue;
                                        }},
                                   control);
  EXPECT_EQ(cancelled.ids.size(), 2u);
  EXPECT_EQ(cancelled.finish, FinishReason::kCancelled);

  Limits late;
  late.deadline_seconds = 0;
  const Generation expired = run({.stop_ids = {}}, Control(late));
  EXPECT_EQ(expired.ids.size(), 1u);
  EXPECT_EQ(expired.finish, FinishReason::kDeadline);
}

TEST(Generate, CallbackCanStop) {
  const Generation out =
      run({.stop_ids = {}, .on_token = [](int64_t) { return StreamAction::kStop; }});
  EXPECT_EQ(out.ids, (std::vector<int64_t>{1}));
  EXPECT_EQ(out.finish, FinishReason::kCancelled);
}

TEST(Sampler, GreedyTakesTheLargest) {
  const Choice choice = Sampler({}).choose(at::tensor({0.f, 2.f, 1.f}));
  EXPECT_EQ(choice.id, 1);
  EXPECT_NEAR(choice.probability, 0.66524, 1e-5);
}

TEST(Sampler, FollowsTheDistribution) {
  const at::Tensor logits = at::log(at::tensor({0.5, 0.3, 0.2}));
  const auto shares = [&](const Sampling& sampling) {
    Sampler sampler(sampling);
    std::vector<double> counts(3);
    for (int i = 0; i < 4000; ++i) counts[sampler.choose(logits).id] += 1. / 4000;
    return counts;
  };
  const auto plain = shares({.temperature = 1, .seed = 5});
  EXPECT_NEAR(plain[0], 0.5, 0.04);
  EXPECT_NEAR(plain[2], 0.2, 0.04);
  const auto nucleus = shares({.temperature = 1, .top_p = 0.7, .seed = 5});
  EXPECT_NEAR(nucleus[0], 0.625, 0.04);
  EXPECT_EQ(nucleus[2], 0);
  const auto top = shares({.temperature = 1, .top_k = 1, .seed = 5});
  EXPECT_NEAR(top[0], 1, 1e-9);
  EXPECT_EQ(shares({.temperature = 1, .seed = 5}), plain);  // same seed, same draws
}

TEST(Sampler, NumbersThatAreNotFiniteAreAnError) {
  for (const double temperature : {0.0, 1.0}) {
    Sampling sampling;
    sampling.temperature = temperature;
    for (const double broken :
         {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
      EXPECT_TRUE(test::fails_with(
          [&] {
            Sampler(sampling).choose(at::tensor({1.0, broken, 2.0}));
          },
          ErrorCode::kCorruptFile, "not finite"));
    }
  }
}

TEST(Sampler, RefusesSettingsOutOfRange) {
  EXPECT_THROW(Sampler({.temperature = -1}), Error);
  EXPECT_THROW(Sampler({.temperature = NAN}), Error);
  EXPECT_THROW(Sampler({.top_p = 0}), Error);
  EXPECT_THROW(Sampler({.top_p = 1.5}), Error);
  EXPECT_THROW(Sampler({.top_k = -1}), Error);
}

}  // namespace
}  // namespace fo1
