// Where new heads look, and what they bring from there.
#include "train/heads.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include <cmath>

#include "train/random_weights.h"

namespace fo1::train {
namespace {

constexpr std::int64_t kTokens = 40, kDim = 256, kHeadDim = 64;

LanguageConfig config() {
  LanguageConfig config;
  config.dim = kDim;
  config.heads = 4;
  config.kv_heads = 2;
  config.head_dim = kHeadDim;
  config.rope_sections = {8, 12, 12};
  config.rope_theta = 1e6;
  return config;
}

// What a token of x [T, dim] looks at: [T, T], the parts of a row are 1 together.
at::Tensor looks(QwenAttentionImpl& attention, std::int64_t head, const at::Tensor& x) {
  const std::int64_t tokens = x.size(0), key_head = head * attention.kv_heads / attention.heads;
  const at::Tensor positions = at::arange(tokens).expand({3, tokens});
  const RotaryTable rotary = rotary_table(mrope_angles(config(), positions));
  const auto turned = [&](Linear& projection, std::int64_t which) {
    return apply_rotary(projection(x).unflatten(-1, {-1, kHeadDim}), rotary).select(1, which);
  };
  const at::Tensor scores =
      turned(attention.q_proj, head).matmul(turned(attention.k_proj, key_head).t()) /
      std::sqrt(kHeadDim);
  const at::Tensor later = at::ones({tokens, tokens}, at::kBool).triu(1);
  return scores.masked_fill(later, -1e9).softmax(-1);
}

at::Tensor words() {
  at::Generator generator = at::detail::createCPUGenerator(6);
  return at::randn({kTokens, kDim}, generator);
}

TEST(Heads, TwoHeadsLookAtTheTokensBefore) {
  const at::NoGradGuard no_grad;
  QwenAttention attention(config(), at::TensorOptions());
  random_weights(*attention, 5);
  const at::Tensor x = words();
  const at::Tensor others = looks(*attention, 2, x);
  look_back(*attention, config().rope_theta);
  for (const std::int64_t back : {1, 2}) {
    const at::Tensor look = looks(*attention, back - 1, x).diagonal(-back);
    EXPECT_GT(look.min().item<double>(), 0.8) << back;
  }
  EXPECT_TRUE(looks(*attention, 2, x).equal(others));
}

// A pair of words stands early in a text; its second word comes again at the end. A first layer
// that looks back, then one that searches, by the word before, for what is like the last word: the
// word after the pair is what it finds.
TEST(Heads, WhatFollowedALikeTokenIsFound) {
  const at::NoGradGuard no_grad;
  QwenAttention first(config(), at::TensorOptions()), second(config(), at::TensorOptions());
  random_weights(*first, 5);
  random_weights(*second, 7);
  at::Tensor x = words();
  constexpr std::int64_t kSame = 5;
  x[-1] = x[kSame];
  const Readers readers = look_back(*first, config().rope_theta);
  copy_looked_at(*first, 2);
  const at::Tensor positions = at::arange(kTokens).expand({3, kTokens});
  const at::Tensor seen =
      x + first->forward(x, rotary_table(mrope_angles(config(), positions)), {}, nullptr);
  const at::Tensor normalised = seen / seen.square().mean(-1, true).sqrt();
  search(*second, config().rope_theta, 0, {readers.own, readers.one_before, {}}, readers.own);
  EXPECT_EQ(looks(*second, 0, normalised)[-1].argmax().item<std::int64_t>(), kSame + 1);
  search(*second, config().rope_theta, 1, {readers.one_before, readers.own, readers.own},
         readers.own);
  EXPECT_EQ(looks(*second, 2, normalised)[kSame + 2].argmax().item<std::int64_t>(), kSame + 1);
}

// What all tokens are is added as it is: of the result much lies along it.
TEST(Heads, WhatIsLookedAtIsAddedAsItIs) {
  const at::NoGradGuard no_grad;
  QwenAttention attention(config(), at::TensorOptions());
  random_weights(*attention, 5);
  copy_looked_at(*attention);
  const at::Tensor word = words()[0];
  const at::Tensor positions = at::arange(kTokens).expand({3, kTokens});
  const at::Tensor added = attention->forward(
      word.expand({kTokens, kDim}), rotary_table(mrope_angles(config(), positions)), {}, nullptr);
  const at::Tensor likeness = at::cosine_similarity(added, word.unsqueeze(0), -1);
  EXPECT_GT(likeness.min().item<double>(), 0.5);
}

}  // namespace
}  // namespace fo1::train
