#include "train/job.h"

#include <ATen/ATen.h>

namespace fo1::train {

bool is_fault_of_sample(ErrorCode code) {
  return code != ErrorCode::kInternal && code != ErrorCode::kOutOfMemory;
}

void add(Losses& sums, const Losses& losses, double share) {
  const auto add_share = [&](at::Tensor& to, const at::Tensor& value) {
    to = to.defined() ? to + value * share : value * share;
  };
  sums.parts.resize(losses.parts.size());
  add_share(sums.total, losses.total);
  for (std::size_t p = 0; p < losses.parts.size(); ++p) {
    sums.parts[p].first = losses.parts[p].first;
    add_share(sums.parts[p].second, losses.parts[p].second);
  }
}

Losses mean(const std::vector<Losses>& all) {
  Losses result;
  for (const Losses& each : all) add(result, each, 1 / static_cast<double>(all.size()));
  return result;
}

}  // namespace fo1::train
