// Which of a network's boxes become regions.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "base/stage_types.h"

namespace fo1 {

struct Selection {
  double min_score = 0.3;   // compared as float32
  bool strictly = false;    // the score must exceed it; else it may be equal
  double max_iou = 0.8;     // suppresses what overlaps a better box more; 0 or less: nothing
  bool by_class = false;    // only boxes of one label suppress each other
  std::int64_t most = 100;  // how many are kept; 0: all
  double min_side = 0;      // pixels; smaller boxes go before any other is suppressed
  bool clip = false;        // to the picture, after all else
};

// Boxes of one picture before and after selection.
struct Candidates {
  at::Tensor boxes;   // [N, 4], xyxy, float32, CPU
  at::Tensor scores;  // [N], float32, CPU
  at::Tensor labels;  // [N], int64, CPU: which label each box was found for; undefined: none
};

// boxes: pixels of the picture. By falling score; equal scores keep their order. May be empty.
// A NaN score or box is left out.
Candidates select(const Candidates& candidates, Size picture, const Selection& selection);

// One after another. Labels only where all have them.
Candidates join(const std::vector<Candidates>& parts);

}  // namespace fo1
