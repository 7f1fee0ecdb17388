#include "train/random_weights.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace fo1::train {
namespace {

constexpr double kTable = 0.02;

}  // namespace

bool is_table(const std::string& name) {
  constexpr const char* kEnds[] = {"embed_tokens.weight", "lm_head.weight", "tgt_embed.weight",
                                   "level_embed",         "prompt.weight",  "bias_table"};
  return std::ranges::any_of(kEnds, [&](const char* end) { return name.ends_with(end); });
}

void random_weights(torch::nn::Module& module, std::uint64_t seed) {
  const at::NoGradGuard no_grad;
  const at::Generator generator = at::detail::createCPUGenerator(seed);
  for (const auto& item : module.named_parameters()) {
    at::Tensor value = item.value();
    if (value.dim() < 2) {
      value.fill_(item.key().ends_with("weight") ? 1 : 0);
      continue;
    }
    const std::int64_t inputs = value.numel() / value.size(0);
    const double size = is_table(item.key()) ? kTable : 1 / std::sqrt(static_cast<double>(inputs));
    value.copy_(at::empty(value.sizes()).normal_(0, size, generator));
  }
}

}  // namespace fo1::train
