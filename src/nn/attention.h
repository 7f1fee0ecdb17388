// Attention over heads.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

namespace fo1 {

// softmax(q k^T / sqrt(D)) v for each head's slice of D = C / heads channels.
// q: [B, Tq, C]; k, v: [B, Tk, C]; mask: broadcastable to [B, heads, Tq, Tk], bool (true: may look)
// or additive -> [B, Tq, C].
at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, int64_t heads,
                     const std::optional<at::Tensor>& mask = std::nullopt);

}  // namespace fo1
