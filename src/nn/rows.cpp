#include "nn/rows.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <vector>

namespace fo1 {
namespace {

constexpr int64_t kRowsAtOnce = 2048;

}  // namespace

at::Tensor by_rows(const at::Tensor& x,
                   const std::function<at::Tensor(const at::Tensor& rows, int64_t first)>& work) {
  const int64_t count = x.size(1);
  if (!x.is_cpu() || count <= kRowsAtOnce) return work(x, 0);
  std::vector<at::Tensor> parts;
  for (int64_t first = 0; first < count; first += kRowsAtOnce) {
    parts.push_back(work(x.narrow(1, first, std::min(kRowsAtOnce, count - first)), first));
  }
  return at::cat(parts, 1);
}

}  // namespace fo1
