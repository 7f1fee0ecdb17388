#include "train/look_back.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>

namespace fo1::train {
namespace {

constexpr double kLead = 5;        // of the score of the token looked at, over those beside it
constexpr double kShare = 0.1;     // of the random weights, whose scores depend on the tokens
constexpr std::int64_t kPart = 8;  // for so many dimensions one rotary pair is used, the fastest

}  // namespace

// A rotary score of a query and a key that are the same everywhere depends on their distance alone:
// it is the largest where turning the query by the distance gives the key's direction.
void look_back(QwenAttentionImpl& attention, double rope_theta) {
  const at::NoGradGuard no_grad;
  const std::int64_t dim = attention.head_dim, pairs = dim / 2;
  const at::Tensor& weight = attention.q_proj->weight;
  at::Tensor used = at::zeros({pairs}, weight.options());
  used.narrow(0, 0, std::max<std::int64_t>(1, dim / kPart)).fill_(1);
  const at::Tensor turns = rotary_frequencies(dim, rope_theta, weight.device());  // [pairs]
  const double drop = used.mul(1 - turns.cos()).sum().item<double>();  // one token beside
  used.mul_(std::sqrt(kLead * std::sqrt(static_cast<double>(dim)) / drop));

  attention.k_proj->weight.narrow(0, 0, dim).mul_(kShare);
  attention.k_proj->bias.narrow(0, 0, dim).copy_(at::cat({used, at::zeros_like(used)}));
  const std::int64_t heads = std::min<std::int64_t>(2, attention.heads / attention.kv_heads);
  for (std::int64_t head = 0; head < heads; ++head) {
    const at::Tensor angles = turns * static_cast<double>(head + 1);
    attention.q_proj->weight.narrow(0, head * dim, dim).mul_(kShare);
    attention.q_proj->bias.narrow(0, head * dim, dim)
        .copy_(at::cat({used * angles.cos(), -used * angles.sin()}));
  }
}

}  // namespace fo1::train
