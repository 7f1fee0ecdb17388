// Work on long lists of rows, in pieces.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>

namespace fo1 {

// work(rows, first) for runs of the rows x [B, T, C], put together: [B, T, C']. On the CPU the
// intermediate results of a run stay in the caches and below the size from which the system maps
// fresh pages for each (32 MiB); elsewhere all rows are one run.
at::Tensor by_rows(const at::Tensor& x,
                   const std::function<at::Tensor(const at::Tensor& rows, int64_t first)>& work);

}  // namespace fo1
