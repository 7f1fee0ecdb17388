#include "train/heads.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>

namespace fo1::train {
namespace {

constexpr double kLead = 5;        // of the score of the token looked at, over those beside it
constexpr double kShare = 0.1;     // of the random weights, whose scores depend on the tokens
constexpr std::int64_t kPart = 8;  // for so many dimensions one rotary pair is used, the fastest

constexpr double kBefore = 0.7;  // size of what a token before adds, of the token's own
// Of the squares of a token's vector, after what two tokens before it added.
constexpr double kSquares = 1 + 2 * kBefore * kBefore;

constexpr double kScore = 8;    // of what is searched for
constexpr double kReach = 300;  // tokens, over which a pair turns by less than kTurn radians
constexpr double kTurn = 0.5;

at::Tensor rows_of(const at::Tensor& weight, std::int64_t head, std::int64_t dim) {
  return weight.narrow(0, head * dim, dim);
}

at::Tensor columns_of(const at::Tensor& weight, std::int64_t head, std::int64_t dim) {
  return weight.narrow(1, head * dim, dim);
}

// What a head adds becomes as large as kBefore of a token's own vector.
at::Tensor write_beside(QwenAttentionImpl& attention, std::int64_t head) {
  at::Tensor out = columns_of(attention.o_proj->weight, head, attention.head_dim);
  out.mul_(kBefore / out.square().sum(1).mean().sqrt());
  return out.t() / out.square().sum(0).mean();
}

}  // namespace

// A rotary score of a query and a key that are the same everywhere depends on their distance alone:
// it is the largest where turning the query by the distance gives the key's direction.
Readers look_back(QwenAttentionImpl& attention, double rope_theta) {
  const at::NoGradGuard no_grad;
  const std::int64_t dim = attention.head_dim, pairs = dim / 2;
  const at::Tensor& weight = attention.q_proj->weight;
  at::Tensor used = at::zeros({pairs}, weight.options());
  used.narrow(0, 0, std::max<std::int64_t>(1, dim / kPart)).fill_(1);
  const at::Tensor turns = rotary_frequencies(dim, rope_theta, weight.device());  // [pairs]
  const double drop = used.mul(1 - turns.cos()).sum().item<double>();  // one token beside
  used.mul_(std::sqrt(kLead * std::sqrt(static_cast<double>(dim)) / drop));

  rows_of(attention.k_proj->weight, 0, dim).mul_(kShare);
  attention.k_proj->bias.narrow(0, 0, dim).copy_(at::cat({used, at::zeros_like(used)}));
  Readers readers{rows_of(attention.v_proj->weight, 0, dim).clone(), {}, {}};
  const std::int64_t heads = std::min<std::int64_t>(2, attention.heads / attention.kv_heads);
  for (std::int64_t head = 0; head < heads; ++head) {
    const at::Tensor angles = turns * static_cast<double>(head + 1);
    rows_of(weight, head, dim).mul_(kShare);
    attention.q_proj->bias.narrow(0, head * dim, dim)
        .copy_(at::cat({used * angles.cos(), -used * angles.sin()}));
    (head == 0 ? readers.one_before : readers.two_before) = write_beside(attention, head);
  }
  return readers;
}

// The score of what is searched for is the sum of squares of `count` readings, each about
// 1 / kSquares, through sqrt(dim).
void search(QwenAttentionImpl& attention, double rope_theta, std::int64_t key_head,
            const Search& wanted, const at::Tensor& own) {
  const at::NoGradGuard no_grad;
  const std::int64_t dim = attention.head_dim, group = attention.heads / attention.kv_heads;
  const at::Tensor pair = rotary_frequencies(dim, rope_theta, own.device()) * kReach < kTurn;
  const at::Tensor slow = at::cat({pair, pair}).nonzero().flatten();
  const std::int64_t count = slow.size(0);
  if (count == 0) return;
  const double size = std::sqrt(kScore * std::sqrt(static_cast<double>(dim)) * kSquares /
                                static_cast<double>(count));
  at::Tensor query = rows_of(attention.q_proj->weight, key_head * group, dim);
  query.mul_(kShare);
  query.index_copy_(0, slow, wanted.query.narrow(0, 0, count) * size);
  rows_of(attention.k_proj->weight, key_head, dim)
      .index_copy_(0, slow, wanted.key.narrow(0, 0, count) * size);
  if (!wanted.value.defined()) return;
  rows_of(attention.v_proj->weight, key_head, dim).copy_(wanted.value);
  for (std::int64_t head = key_head * group; head < (key_head + 1) * group; ++head) {
    columns_of(attention.o_proj->weight, head, dim).copy_(own.t());
  }
}

void copy_looked_at(QwenAttentionImpl& attention, std::int64_t first) {
  const at::NoGradGuard no_grad;
  const std::int64_t dim = attention.head_dim, group = attention.heads / attention.kv_heads;
  for (std::int64_t head = first; head < attention.heads; ++head) {
    columns_of(attention.o_proj->weight, head, dim)
        .copy_(rows_of(attention.v_proj->weight, head / group, dim).t());
  }
}

}  // namespace fo1::train
