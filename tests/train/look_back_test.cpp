// Where the heads look that begin by looking back.
#include "train/look_back.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include <cmath>

#include "train/random_weights.h"

namespace fo1::train {
namespace {

constexpr std::int64_t kTokens = 40, kDim = 64, kHeadDim = 32;

LanguageConfig config() {
  LanguageConfig config;
  config.dim = kDim;
  config.heads = 4;
  config.kv_heads = 2;
  config.head_dim = kHeadDim;
  config.rope_sections = {4, 6, 6};
  return config;
}

// What a token looks at: [T, T], the parts of a row are 1 together.
at::Tensor looks(QwenAttentionImpl& attention, std::int64_t head, std::int64_t key_head,
                 const at::Tensor& x) {
  const at::Tensor positions = at::arange(kTokens).expand({3, kTokens});
  const RotaryTable rotary = rotary_table(mrope_angles(config(), positions));
  const auto turned = [&](Linear& projection, std::int64_t which) {
    return apply_rotary(projection(x).unflatten(-1, {-1, kHeadDim}), rotary).select(1, which);
  };
  const at::Tensor scores =
      turned(attention.q_proj, head).matmul(turned(attention.k_proj, key_head).t()) /
      std::sqrt(kHeadDim);
  const at::Tensor later = at::ones({kTokens, kTokens}, at::kBool).triu(1);
  return scores.masked_fill(later, -1e9).softmax(-1);
}

TEST(LookBack, TwoHeadsLookAtTheTokensBefore) {
  const at::NoGradGuard no_grad;
  QwenAttention attention(config(), at::TensorOptions());
  random_weights(*attention, 5);
  at::Generator generator = at::detail::createCPUGenerator(6);
  const at::Tensor x = at::randn({kTokens, kDim}, generator);
  const at::Tensor others = looks(*attention, 2, 1, x);
  look_back(*attention, config().rope_theta);
  for (const std::int64_t back : {1, 2}) {
    const at::Tensor look = looks(*attention, back - 1, 0, x).diagonal(-back);
    EXPECT_GT(look.min().item<double>(), 0.8) << back;
  }
  EXPECT_TRUE(looks(*attention, 2, 1, x).equal(others));
}

}  // namespace
}  // namespace fo1::train
