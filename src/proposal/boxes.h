// Box arithmetic of the detection transformers. Boxes are cxcywh in fractions of the picture,
// float32 whatever the network's number format.
#pragma once

#include <ATen/core/Tensor.h>

#include "nn/linear.h"
#include "ops/deformable_attention.h"

namespace fo1 {

// log(x / (1 - x)), x held within [0, 1] and each logarithm's argument above `eps`.
at::Tensor inverse_sigmoid(const at::Tensor& x, double eps);

// A first guess for every cell of a pyramid.
struct CellBoxes {
  at::Tensor logits;  // [1 or B, S, 4]: log(p / (1 - p)) of each cell's box; +inf where not valid
  at::Tensor valid;   // [1 or B, S, 1], bool
};
struct CellBoxRule {
  double finest = 0.05;              // side of the finest level's boxes; doubles with each level
  double least = 0.01, most = 0.99;  // valid: all four numbers are between
};
// A box stands at its cell's centre. float32, on `device`. pictures: [B, L, 2], float32: width and
// height of each picture in cells, where a batch is padded; undefined: it fills the levels.
CellBoxes cell_boxes(const LevelSizes& levels, at::Device device, const at::Tensor& pictures = {},
                     const CellBoxRule& rule = {});

// Linear layers with ReLU between them: `layers.0`, `layers.1`, ...
struct BoxHeadImpl : torch::nn::Module {
  // dims: input, hidden ..., output.
  BoxHeadImpl(const std::vector<int64_t>& dims, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& x);  // [..., dims.front()] -> [..., dims.back()]

  std::vector<Linear> layers;
};
TORCH_MODULE(BoxHead);

}  // namespace fo1
