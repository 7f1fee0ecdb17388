// Puts image tokens and region tokens at their places among the text's embeddings.
#pragma once

#include <ATen/core/Tensor.h>

#include <span>
#include <vector>

#include "base/stage_types.h"

namespace fo1 {

// Which rows of the spliced sequence are what: runs of text, images, regions.
// `image_grids`: merged cells of each image, in order of their placeholders.
// Throws kInternal when placeholders and grids do not match.
std::vector<PromptSegment> segments_of(std::span<const int64_t> ids,
                                       std::span<const Size> image_grids);

// text [n_text, D]: embeddings of the ids that are not placeholders, in order. images: [n_i, D]
// each. regions [R, D], used in order. -> [T, D]
at::Tensor splice(std::span<const PromptSegment> segments, const at::Tensor& text,
                  std::span<const at::Tensor> images, const at::Tensor& regions);

// The ids without placeholders.
std::vector<int64_t> text_ids(std::span<const int64_t> ids);

}  // namespace fo1
