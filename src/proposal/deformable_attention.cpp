#include "proposal/deformable_attention.h"

#include <ATen/ATen.h>

namespace fo1 {
namespace {

// Offsets are in cells of each level around a point, or in parts of half a box around its centre.
at::Tensor sampling_locations(const at::Tensor& references, const at::Tensor& offsets,
                              const LevelSizes& levels) {
  const at::Tensor centre = references.narrow(-1, 0, 2).unsqueeze(2).unsqueeze(4);
  if (references.size(-1) == 2) {
    return centre + offsets / level_sides(levels, offsets.device()).unsqueeze(1);
  }
  const auto points = static_cast<double>(offsets.size(4));
  const at::Tensor sides = references.narrow(-1, 2, 2).unsqueeze(2).unsqueeze(4);
  return centre + offsets / points * sides * 0.5;
}

}  // namespace

DeformableAttentionImpl::DeformableAttentionImpl(const DeformableAttentionConfig& config,
                                                 const at::TensorOptions& options)
    : config(config) {
  const int64_t samples = config.heads * config.levels * config.points;
  const auto add = [&](const char* name, int64_t out) {
    return register_module(name, Linear(config.dim, out, true, options));
  };
  sampling_offsets = add("sampling_offsets", samples * 2);
  attention_weights = add("attention_weights", samples);
  value_proj = add("value_proj", config.dim);
  output_proj = add("output_proj", config.dim);
}

at::Tensor DeformableAttentionImpl::forward(const at::Tensor& query, const at::Tensor& references,
                                            const at::Tensor& memory, const LevelSizes& levels,
                                            const at::Tensor& padding) {
  return attend(query, references, values(memory, padding), levels);
}

at::Tensor DeformableAttentionImpl::values(const at::Tensor& memory, const at::Tensor& padding) {
  at::Tensor value = value_proj(memory);
  if (padding.defined()) {
    value = at::where(padding.unsqueeze(-1), at::zeros({}, value.options()), value);
  }
  // The CPU's kernel computes in float32: converted once, not once for each run of queries.
  if (value.is_cpu()) value = value.to(at::kFloat);
  return value.unflatten(-1, {config.heads, -1});
}

at::Tensor DeformableAttentionImpl::attend(const at::Tensor& query, const at::Tensor& references,
                                           const at::Tensor& values, const LevelSizes& levels) {
  const int64_t batch = query.size(0), queries = query.size(1);
  // Places are fractions of a map of up to hundreds of cells: float32.
  const at::Tensor offsets =
      sampling_offsets(query)
          .view({batch, queries, config.heads, config.levels, config.points, 2})
          .to(at::kFloat);
  const at::Tensor weights =
      attention_weights(query)
          .view({batch, queries, config.heads, config.levels * config.points})
          .softmax(-1)
          .view({batch, queries, config.heads, config.levels, config.points});
  return output_proj(
      deformable_attention(values, levels, sampling_locations(references, offsets, levels), weights)
          .to(query.scalar_type()));
}

}  // namespace fo1
