// Work on long lists of rows, in pieces.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>

namespace fo1 {

// Calls work(first, count) for runs of 0 .. total of at most `step`, where that pays: on the CPU,
// without gradients, when there are enough of them to keep all threads busy. Each thread then does
// whole runs by itself, so that what is computed in between stays in its caches and small enough
// for the allocator to use again (the system maps fresh pages for anything from 32 MiB on). Else
// one call, all of it.
void in_runs(int64_t total, int64_t step, at::Device device,
             const std::function<void(int64_t first, int64_t count)>& work);

// work(rows, first) for runs of the rows of x [B, T, C], put together: [B, T, C].
at::Tensor by_rows(const at::Tensor& x,
                   const std::function<at::Tensor(const at::Tensor& rows, int64_t first)>& work);

}  // namespace fo1
