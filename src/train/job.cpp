#include "train/job.h"

#include <ATen/ATen.h>

namespace fo1::train {

Losses mean(const std::vector<Losses>& all) {
  Losses result = all.front();
  const auto share = 1 / static_cast<double>(all.size());
  for (std::size_t i = 1; i < all.size(); ++i) {
    result.total = result.total + all[i].total;
    for (std::size_t p = 0; p < result.parts.size(); ++p) {
      result.parts[p].second = result.parts[p].second + all[i].parts[p].second;
    }
  }
  result.total = result.total * share;
  for (auto& part : result.parts) part.second = part.second * share;
  return result;
}

}  // namespace fo1::train
