#include "nn/rows.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

namespace fo1 {
namespace {

constexpr int64_t kRowsAtOnce = 1024;
constexpr int64_t kRunsPerThread = 4;  // fewer leave threads without work at the end

}  // namespace

void in_runs(int64_t total, int64_t step, at::Device device,
             const std::function<void(int64_t first, int64_t count)>& work) {
  const int64_t runs = (total + step - 1) / step;
  // What workers compute has no gradients.
  const bool pays = device.is_cpu() && runs >= kRunsPerThread * at::get_num_threads() &&
                    !at::GradMode::is_enabled();
  if (!pays) {
    work(0, total);
    return;
  }
  at::parallel_for(0, runs, 1, [&](int64_t begin, int64_t end) {
    const at::NoGradGuard no_grad;  // the caller's holds for its own thread only
    for (int64_t run = begin; run < end; ++run) {
      work(run * step, std::min(step, total - run * step));
    }
  });
}

at::Tensor by_rows(const at::Tensor& x,
                   const std::function<at::Tensor(const at::Tensor& rows, int64_t first)>& work) {
  at::Tensor out = at::empty_like(x);
  in_runs(x.size(1), kRowsAtOnce, x.device(), [&](int64_t first, int64_t count) {
    out.narrow(1, first, count).copy_(work(x.narrow(1, first, count), first));
  });
  return out;
}

}  // namespace fo1
