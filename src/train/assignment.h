// The assignment problem: who gets what, at the least total cost.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace fo1::train {

// costs: [T, Q], T <= Q, any float type and device. -> for each row its column, no column twice,
// with the least sum of costs (the Hungarian method with shortest augmenting paths, O(T^2 Q):
// Jonker and Volgenant, Computing 38, 1987). Throws kInvalidArgument for more rows than columns,
// kInternal for a cost that is not finite.
std::vector<std::int64_t> assign(const at::Tensor& costs);

}  // namespace fo1::train
