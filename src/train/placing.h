// Where the boxes of regions are, told from the regions' tokens.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "base/stage_types.h"
#include "fo1/types.h"
#include "nn/linear.h"

namespace fo1::train {

// float32 [N, 4]: the centre's x and y, and the logarithms of width and height, all as parts of the
// picture's sides. Sums of logarithms order boxes by their area.
at::Tensor places_of(const std::vector<Box>& boxes, Size picture);

struct PlacingLoss {
  at::Tensor total;  // scalar
  at::Tensor off;    // mean distance of a centre's coordinate, as a part of the picture's side
};

// Tells them with one linear map, as the language model's queries and keys do: what was only added
// to a region's feature may be lost on the way to its token.
struct PlacingHeadImpl : torch::nn::Module {
  PlacingHeadImpl(std::int64_t width, const at::TensorOptions& options);
  // tokens: [N, width]; places: see places_of()
  PlacingLoss loss(const at::Tensor& tokens, const at::Tensor& places);

  Linear box{nullptr};
  std::int64_t width = 0;
};
TORCH_MODULE(PlacingHead);

}  // namespace fo1::train
