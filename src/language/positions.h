// Three-axis positions (temporal, vertical, horizontal) of Qwen2-VL's multimodal rotary embedding
// (arXiv 2409.12191, section 2.1).
#pragma once

#include <ATen/core/Tensor.h>

#include <span>

#include "base/stage_types.h"

namespace fo1 {

struct TokenPositions {
  at::Tensor ids;    // int64 [3, T], CPU
  int64_t next = 0;  // position of whatever follows
};

// Text and regions count one by one on all axes; an image's tokens get their grid place, and what
// follows goes on after the largest position used. `first`: position of the first row.
TokenPositions positions_of(std::span<const PromptSegment> segments, int64_t first = 0);

}  // namespace fo1
