// Lessons about the same pictures as one sequence, so that what they share is computed once.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <cstdint>
#include <span>
#include <vector>

#include "base/stage_types.h"
#include "train/lesson.h"

namespace fo1::train {

// What the lessons have in common, then each one's own tokens. A token looks at the common ones and
// at its own lesson's before it, and has the position it has in its lesson: to the network, each
// lesson stands alone. Of an answer of n tokens each weighs 1 / sqrt(n): neither does a long one
// drown the short ones, nor is its every token next to nothing (InternVL 2.5, arXiv 2412.05271,
// "square averaging").
struct LessonSheet {
  std::vector<std::int64_t> ids;  // with placeholders, all of them in the common part
  at::Tensor owner;               // int64 [T]: which lesson's a token is, from 1; 0: of all
  at::Tensor positions;           // int64 [3, T]
  at::Tensor rows;                // int64 [N]: after these, tokens are to be said
  at::Tensor targets;             // int64 [N]: which
  at::Tensor weights;             // float32 [N], their sum is 1
};

// Sheets of S samples, the shorter ones filled up at their end.
struct SheetBatch {
  at::Tensor look;       // bool [S, 1, T, T], a row per token and a column per token looked at
  at::Tensor positions;  // int64 [3, S, T]
  at::Tensor rows;       // int64 [N], in [S * T]
  at::Tensor targets;    // int64 [N]
  at::Tensor weights;    // float32 [N], so that each sample counts the same; their sum is 1
};
SheetBatch batch_of(const std::vector<const LessonSheet*>& sheets, at::Device device);

// grids: merged cells of the images. Throws kInvalidArgument for lessons that differ before their
// last placeholder.
LessonSheet share_beginning(std::span<const Lesson> lessons, std::span<const Size> grids);

}  // namespace fo1::train
