#include "train/word_table.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

namespace fo1::train {
namespace {

constexpr double kWordLength = 0.8;

void make_length(at::Tensor& rows, double length) {
  rows.mul_(length / rows.norm(2, -1, /*keepdim=*/true));
}

}  // namespace

void begin_words(at::Tensor& table, const Tokenizer& tokenizer) {
  const at::NoGradGuard no_grad;
  make_length(table, kWordLength);
  for (std::int64_t id = 0; id < std::min(table.size(0), tokenizer.size()); ++id) {
    const std::string word = tokenizer.piece(id);
    if (word.size() < 2 || word.front() != ' ') continue;
    const auto bare = tokenizer.id_of(word.substr(1));
    if (!bare || *bare >= table.size(0)) continue;
    at::Tensor row = table[*bare];
    row.add_(table[id]);
    make_length(row, kWordLength);
  }
}

}  // namespace fo1::train
