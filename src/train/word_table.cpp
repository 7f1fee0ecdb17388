#include "train/word_table.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "base/error.h"

namespace fo1::train {
namespace {

constexpr double kBareShare = 0.5;  // of what words without a space before them have in common
constexpr std::int64_t kWaves = 8;  // that a number's code is made of, at most
constexpr double kShortestWave = 4;

// Their squares are 1 in the mean.
void make_length(at::Tensor& rows) {
  rows.mul_(std::sqrt(static_cast<double>(rows.size(-1))) / rows.norm(2, -1, /*keepdim=*/true));
}

at::Tensor chosen(const std::vector<std::int64_t>& ids, const at::Tensor& table) {
  return at::tensor(ids, at::kLong).to(table.device());
}

void begin_bare_words(at::Tensor& table, const Tokenizer& tokenizer) {
  std::vector<std::int64_t> spaced, bare;
  for (std::int64_t id = 0; id < std::min(table.size(0), tokenizer.size()); ++id) {
    const std::string word = tokenizer.piece(id);
    if (word.size() < 2 || word.front() != ' ') continue;
    const auto same = tokenizer.id_of(word.substr(1));
    if (!same || *same >= table.size(0)) continue;
    spaced.push_back(id);
    bare.push_back(*same);
  }
  if (bare.empty()) return;
  at::Tensor common = table.index_select(0, chosen(bare, table)).sum(0);
  make_length(common);
  at::Tensor rows = table.index_select(0, chosen(spaced, table)) + kBareShare * common;
  make_length(rows);
  table.index_copy_(0, chosen(bare, table), rows);
}

// [count, 2 waves]: rows of length 1. The waves' lengths are evenly spread, in ratios, up to twice
// the count, so that the longest tells small numbers from large ones.
at::Tensor codes_of_numbers(std::int64_t count, std::int64_t waves, const at::Tensor& like) {
  const at::Tensor numbers = at::arange(count, like.options()).unsqueeze(1);
  const double longest = std::max(kShortestWave, 2.0 * static_cast<double>(count));
  const at::Tensor lengths = at::logspace(std::log2(kShortestWave), std::log2(longest), waves,
                                          /*base=*/2, like.options());
  const at::Tensor turns = numbers * (2 * std::numbers::pi / lengths);
  return at::cat({turns.sin(), turns.cos()}, 1) / std::sqrt(static_cast<double>(waves));
}

void number_the_regions(at::Tensor& table, const Tokenizer& tokenizer) {
  std::vector<std::int64_t> regions;
  while (const auto id = tokenizer.id_of(cat("<region", regions.size(), ">"))) {
    if (*id >= table.size(0)) break;
    regions.push_back(*id);
  }
  if (regions.empty()) return;
  const auto count = static_cast<std::int64_t>(regions.size());
  const std::int64_t waves = std::min(kWaves, table.size(1) / 4);
  at::Tensor rows = table.index_select(0, chosen(regions, table));
  const double length = std::sqrt(static_cast<double>(table.size(1)));
  rows.narrow(1, 0, 2 * waves).add_(length * codes_of_numbers(count, waves, table));
  make_length(rows);
  table.index_copy_(0, chosen(regions, table), rows);
}

}  // namespace

void begin_words(at::Tensor& table, const Tokenizer& tokenizer) {
  const at::NoGradGuard no_grad;
  make_length(table);
  begin_bare_words(table, tokenizer);
  number_the_regions(table, tokenizer);
}

}  // namespace fo1::train
