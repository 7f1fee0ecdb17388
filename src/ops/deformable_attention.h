// Multi-scale deformable attention (Deformable DETR, arXiv 2010.04159, eq. 3): every query reads a
// few places of every level of a feature pyramid.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "base/stage_types.h"

namespace fo1 {

// The levels of a pyramid, flattened one after another, row by row: [S] places, fine to coarse.
using LevelSizes = std::vector<Size>;

std::int64_t total_cells(const LevelSizes& levels);
// Width and height of each level in cells: [L, 2], float32.
at::Tensor level_sides(const LevelSizes& levels, at::Device device);

// out[b, q, h] = sum over l, p of weights[b, q, h, l, p] * value at locations[b, q, h, l, p], read
// with bilinear interpolation, zeros around the map; a cell's centre is at (i + 0.5) / side.
//   value      [B, S, heads, D]
//   locations  [B, Q, heads, L, P, 2]: x, y as fractions of the level
//   weights    [B, Q, heads, L, P]
//   -> [B, Q, heads * D], in the dtype of `value`
// On the CPU a kernel of our own (float32 inside), elsewhere deformable_attention_aten().
at::Tensor deformable_attention(const at::Tensor& value, const LevelSizes& levels,
                                const at::Tensor& locations, const at::Tensor& weights);

// The same, composed of ATen's operators: any device.
at::Tensor deformable_attention_aten(const at::Tensor& value, const LevelSizes& levels,
                                     const at::Tensor& locations, const at::Tensor& weights);

}  // namespace fo1
