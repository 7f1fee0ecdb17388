#include "nn/rows.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace fo1 {
namespace {

TEST(InRuns, CoverEverythingOnce) {
  const at::NoGradGuard no_grad;
  for (const int64_t total : {0, 1, 99, 100, 1000, 12345}) {
    std::vector<std::atomic<int>> seen(static_cast<std::size_t>(total));
    in_runs(total, 100, at::kCPU, [&](int64_t first, int64_t count) {
      for (int64_t i = first; i < first + count; ++i) ++seen[static_cast<std::size_t>(i)];
    });
    for (const std::atomic<int>& times : seen) EXPECT_EQ(times, 1);
  }
}

TEST(InRuns, FewRunsOtherDevicesAndGradientsAreOneCall) {
  int calls = 0;
  const auto count_calls = [&](int64_t first, int64_t count) {
    EXPECT_EQ(first, 0);
    EXPECT_GT(count, 0);
    ++calls;
  };
  in_runs(1000000, 100, at::kCPU, count_calls);
  const at::NoGradGuard no_grad;
  in_runs(150, 100, at::kCPU, count_calls);
  in_runs(1000000, 100, at::kMeta, count_calls);
  EXPECT_EQ(calls, 3);
}

TEST(InRuns, WorkersRecordNoGradients) {
  const at::NoGradGuard no_grad;
  std::atomic<int> recording = 0;
  in_runs(1000 * at::get_num_threads(), 10, at::kCPU, [&](int64_t, int64_t) {
    if (at::GradMode::is_enabled()) ++recording;
  });
  EXPECT_EQ(recording, 0);
}

TEST(InRuns, ErrorsComeThrough) {
  const at::NoGradGuard no_grad;
  EXPECT_THROW(in_runs(10000, 10, at::kCPU,
                       [](int64_t first, int64_t) {
                         if (first > 0) throw std::runtime_error("no");
                       }),
               std::runtime_error);
}

TEST(ByRows, EqualsTheWorkOnAllRows) {
  const at::NoGradGuard no_grad;
  at::manual_seed(1);
  const at::Tensor weight = at::randn({24, 24}), other = at::randn({2, 20000, 24});
  const auto work = [&](const at::Tensor& rows, int64_t first) {
    return rows.matmul(weight).relu() + other.narrow(1, first, rows.size(1));
  };
  for (const int64_t count : {1, 100, 9000, 20000}) {
    const at::Tensor x = at::randn({2, count, 24});
    EXPECT_TRUE(at::allclose(by_rows(x, work), work(x, 0), 1e-5, 1e-5)) << count;
  }
}

}  // namespace
}  // namespace fo1
