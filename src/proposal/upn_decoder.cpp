#include "proposal/upn_decoder.h"

#include <ATen/ATen.h>

#include <cmath>
#include <string>

#include "base/error.h"
#include "nn/attention.h"

namespace fo1 {
namespace {

// Rows `index` of x: [B, S, C] and [B, Q] -> [B, Q, C].
at::Tensor gather_rows(const at::Tensor& x, const at::Tensor& index) {
  return x.gather(1, index.unsqueeze(-1).expand({-1, -1, x.size(2)}));
}

at::Tensor zero(const at::TensorOptions& options) {
  return at::zeros({}, options);
}

}  // namespace

UpnQuerySelectionImpl::UpnQuerySelectionImpl(const UpnConfig& config_,
                                             const at::TensorOptions& options)
    : config(config_) {
  const int64_t dim = config.dim;
  enc_output = register_module("enc_output", Linear(dim, dim, true, options));
  enc_output_norm =
      register_module("enc_output_norm", LayerNorm(dim, config.layer_norm_eps, options));
  enc_out_bbox_embed = register_module("enc_out_bbox_embed",
                                       BoxHead(std::vector{dim, dim, dim, int64_t{4}}, options));
}

UpnSelection UpnQuerySelectionImpl::forward(const at::Tensor& memory, const UpnPyramid& pyramid,
                                            const at::Tensor& prompt) {
  if (memory.size(1) < config.queries) {
    fail(ErrorCode::kUnsupported, "upn: the picture is too small: ", memory.size(1),
         " cells for num_queries ", config.queries);
  }
  const at::Tensor sides = level_sides(pyramid.levels, memory.device());
  CellBoxes cells =
      cell_boxes(pyramid.levels, memory.device(), (pyramid.ratios * sides).round(), config.cells);
  if (pyramid.padding.defined()) {
    const at::Tensor padded = pyramid.padding.unsqueeze(-1);
    cells.valid = cells.valid & padded.bitwise_not();
    cells.logits = at::where(padded, at::full({}, INFINITY, cells.logits.options()), cells.logits);
  }

  // Invalid rows are zeros, so that all of them get one logit and may still be chosen.
  const at::Tensor rows =
      enc_output_norm(enc_output(at::where(cells.valid, memory, zero(memory.options()))));
  UpnSelection selection;
  selection.logits = rows.to(at::kFloat).matmul(prompt.to(at::kFloat));
  selection.cells = std::get<1>(selection.logits.topk(config.queries, 1));
  const at::Tensor chosen = gather_rows(cells.logits, selection.cells);
  selection.cell_boxes = chosen.sigmoid();
  selection.boxes = enc_out_bbox_embed(gather_rows(rows, selection.cells)).to(at::kFloat) + chosen;
  return selection;
}

at::Tensor box_sine_embedding(const at::Tensor& boxes, int64_t features, double temperature) {
  const at::Tensor order = at::tensor({1, 0, 2, 3}, at::kLong).to(boxes.device());  // y, x, w, h
  return sine_features(boxes.index_select(-1, order) * (2 * M_PI), features, temperature)
      .flatten(-2);
}

UpnDecoderLayerImpl::UpnDecoderLayerImpl(const UpnConfig& config, const at::TensorOptions& options)
    : heads(config.heads) {
  const int64_t dim = config.dim;
  const auto add_norm = [&](const char* name) {
    return register_module(name, LayerNorm(dim, config.layer_norm_eps, options));
  };
  cross_attn = register_module("cross_attn", DeformableAttention(config.attention(), options));
  norm1 = add_norm("norm1");
  const auto self_attn = register_module("self_attn", std::make_shared<torch::nn::Module>());
  in_proj_weight =
      self_attn->register_parameter("in_proj_weight", at::empty({3 * dim, dim}, options), false);
  in_proj_bias =
      self_attn->register_parameter("in_proj_bias", at::empty({3 * dim}, options), false);
  out_proj = self_attn->register_module("out_proj", Linear(dim, dim, true, options));
  norm2 = add_norm("norm2");
  linear1 = register_module("linear1", Linear(dim, config.hidden, true, options));
  linear2 = register_module("linear2", Linear(config.hidden, dim, true, options));
  norm3 = add_norm("norm3");
}

// Queries and keys know where they are, values do not.
at::Tensor UpnDecoderLayerImpl::attend(const at::Tensor& queries, const at::Tensor& position) {
  const int64_t dim = queries.size(2);
  const auto project = [&](const at::Tensor& x, int64_t first, int64_t count) {
    return at::linear(x, in_proj_weight.narrow(0, first * dim, count * dim),
                      in_proj_bias.narrow(0, first * dim, count * dim));
  };
  const auto qk = project(queries + position, 0, 2).chunk(2, -1);
  return out_proj(attention(qk[0], qk[1], project(queries, 2, 1), heads));
}

at::Tensor UpnDecoderLayerImpl::forward(const at::Tensor& queries, const at::Tensor& position,
                                        const at::Tensor& references, const at::Tensor& memory,
                                        const UpnPyramid& pyramid) {
  at::Tensor x = norm2(queries + attend(queries, position));
  x = norm1(x + cross_attn(x + position, references, memory, pyramid.levels, pyramid.padding));
  return norm3(x + linear2(at::relu(linear1(x))));
}

UpnDecoderImpl::UpnDecoderImpl(const UpnConfig& config_, const at::TensorOptions& options)
    : config(config_) {
  const int64_t dim = config.dim;
  tgt_embed = register_module("tgt_embed", Embedding(config.queries, dim, options));
  const auto list = register_module("layers", std::make_shared<torch::nn::Module>());
  for (int64_t l = 0; l < config.decoder_layers; ++l) {
    layers.push_back(list->register_module(std::to_string(l), UpnDecoderLayer(config, options)));
  }
  norm = register_module("norm", LayerNorm(dim, config.layer_norm_eps, options));
  ref_point_head = register_module(
      "ref_point_head", BoxHead(std::vector{4 * config.box_sine_features, dim, dim}, options));
  bbox_embed =
      register_module("bbox_embed", BoxHead(std::vector{dim, dim, dim, int64_t{4}}, options));
}

UpnDecoded UpnDecoderImpl::forward(const at::Tensor& boxes, const at::Tensor& memory,
                                   const UpnPyramid& pyramid, const Control& control) {
  const auto moved = [&](const at::Tensor& queries, const at::Tensor& reference) {
    return (bbox_embed(queries).to(at::kFloat) +
            inverse_sigmoid(reference, config.inverse_sigmoid_eps))
        .sigmoid();
  };
  const at::Tensor ratios = at::cat({pyramid.ratios, pyramid.ratios}, -1).unsqueeze(1);
  UpnDecoded decoded;
  decoded.references.push_back(boxes.sigmoid());
  at::Tensor queries = tgt_embed->weight.unsqueeze(0).expand({boxes.size(0), -1, -1});
  for (UpnDecoderLayer& layer : layers) {
    control.step("propose");
    // In training each layer answers for its own move alone.
    const at::Tensor reference = decoded.references.back().detach();
    const at::Tensor on_levels = reference.unsqueeze(2) * ratios;  // [B, Q, L, 4]
    const at::Tensor sine = box_sine_embedding(on_levels.select(2, 0), config.box_sine_features,
                                               config.box_sine_temperature);
    queries =
        layer(queries, ref_point_head(sine.to(queries.scalar_type())), on_levels, memory, pyramid);
    decoded.layers.push_back(queries);
    decoded.references.push_back(moved(queries, reference));
  }
  decoded.queries = norm(queries);
  // Not the last reference: that was made of the output before the norm.
  decoded.boxes = moved(decoded.queries, decoded.references[decoded.references.size() - 2]);
  return decoded;
}

}  // namespace fo1
