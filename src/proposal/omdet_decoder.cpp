#include "proposal/omdet_decoder.h"

#include <ATen/ATen.h>

#include <memory>
#include <string>

namespace fo1 {
namespace {

constexpr double kSimilarityScale = 1 / 0.07;  // CLIP's temperature
constexpr double kLeastNorm = 1e-12;
constexpr double kInverseSigmoidEps = 1e-5;

at::Tensor norms(const at::Tensor& rows) {
  return at::linalg_vector_norm(rows, 2, at::IntArrayRef{-1}, /*keepdim=*/true)
      .clamp_min_(kLeastNorm);
}

// How well tokens [B, N, C] match classes [B, K, C]: [B, N, K], float32.
at::Tensor similarity(const at::Tensor& tokens, const at::Tensor& classes, bool cosine) {
  const at::Tensor rows = tokens.to(at::kFloat), columns = classes.to(at::kFloat);
  if (!cosine) return at::bmm(rows, columns.transpose(1, 2));
  const at::Tensor scaled = columns / norms(columns) * kSimilarityScale;
  return at::bmm(rows, scaled.transpose(1, 2)).div_(norms(rows));
}

// Rows [B, Q] of x [B or 1, S, n]: [B, Q, n].
at::Tensor rows_at(const at::Tensor& x, const at::Tensor& rows) {
  return x.expand({rows.size(0), -1, -1}).gather(1, rows.unsqueeze(-1).expand({-1, -1, x.size(2)}));
}

}  // namespace

OmDetTaskEncoderImpl::OmDetTaskEncoderImpl(const OmDetDecoderConfig& config,
                                           const at::TensorOptions& options)
    : activation(config.activation) {
  const auto mlp = register_module("mlp", std::make_shared<torch::nn::Module>());
  linear1 =
      mlp->register_module("linear1", Linear(config.class_dim, config.task_hidden, true, options));
  linear2 =
      mlp->register_module("linear2", Linear(config.task_hidden, config.class_dim, true, options));
  norm1 =
      register_module("res1", std::make_shared<torch::nn::Module>())
          ->register_module("norm1", LayerNorm(config.class_dim, config.layer_norm_eps, options));
}

at::Tensor OmDetTaskEncoderImpl::forward(const at::Tensor& x) {
  return norm1(x + linear2(activate(activation, linear1(x))));
}

OmDetDecoderLayerImpl::OmDetDecoderLayerImpl(const OmDetDecoderConfig& config,
                                             const at::TensorOptions& options)
    : activation(config.activation) {
  const int64_t dim = config.dim;
  const auto add_norm = [&](const char* name) {
    return register_module(name, LayerNorm(dim, config.layer_norm_eps, options));
  };
  self_attn = register_module("self_attn", OmDetAttention(dim, config.heads, options));
  norm1 = add_norm("norm1");
  cross_attn = register_module("cross_attn", DeformableAttention(config.attention(), options));
  norm2 = add_norm("norm2");
  linear1 = register_module("linear1", Linear(dim, config.hidden, true, options));
  linear2 = register_module("linear2", Linear(config.hidden, dim, true, options));
  norm3 = add_norm("norm3");
}

// Queries and task tokens are one sequence here; only queries have a place.
void OmDetDecoderLayerImpl::look_around(OmDetQueries& queries, const at::Tensor& position,
                                        const at::Tensor& visible) {
  const int64_t count = queries.tokens.size(1);
  const at::Tensor all = at::cat({queries.tokens, queries.task}, 1);
  const at::Tensor placed = at::cat({queries.tokens + position, queries.task}, 1);
  const at::Tensor looked = norm1(all + self_attn(placed, all, visible));
  queries.tokens = looked.narrow(1, 0, count);
  queries.task = looked.narrow(1, count, looked.size(1) - count);
}

void OmDetDecoderLayerImpl::forward(OmDetQueries& queries, const at::Tensor& position,
                                    const OmDetMemory& memory, const at::Tensor& visible) {
  look_around(queries, position, visible);
  const at::Tensor seen = cross_attn(queries.tokens + position, queries.boxes.unsqueeze(2),
                                     memory.tokens, memory.levels);
  const at::Tensor x = norm2(queries.tokens + seen);
  queries.tokens = norm3(x + linear2(activate(activation, linear1(x))));
}

OmDetDecoderImpl::OmDetDecoderImpl(const OmDetDecoderConfig& config_,
                                   const at::TensorOptions& options)
    : config(config_) {
  const int64_t dim = config.dim;
  const auto add_list = [&](const char* name) {
    return register_module(name, std::make_shared<torch::nn::Module>());
  };
  channel_projection_layers = add_projections(
      *add_list("channel_projection_layers"),
      std::vector<int64_t>(static_cast<std::size_t>(config.levels), dim), dim, options);
  const auto features = add_list("encoder_vision_features");
  encoder_features = features->register_module("0", Linear(dim, dim, true, options));
  encoder_norm = features->register_module("1", LayerNorm(dim, config.layer_norm_eps, options));
  encoder_class_head =
      register_module("encoder_class_head", Linear(config.class_dim, dim, true, options));
  const std::vector<int64_t> box_dims = {dim, dim, dim, 4};
  encoder_bbox_head = register_module("encoder_bbox_head", BoxHead(box_dims, options));
  task_encoder = register_module("task_encoder", OmDetTaskEncoder(config, options));
  task_project = register_module("task_project", Linear(config.class_dim, dim, true, options));
  if (config.learned_queries) {
    tgt_embed = register_module("tgt_embed", Embedding(config.queries, dim, options));
  }
  query_position_head = register_module("query_position_head",
                                        BoxHead(std::vector<int64_t>{4, 2 * dim, dim}, options));
  const auto layer_list = add_list("layers"), box_list = add_list("decoder_bbox_head");
  for (int64_t i = 0; i < config.layers; ++i) {
    const std::string name = std::to_string(i);
    layers.push_back(layer_list->register_module(name, OmDetDecoderLayer(config, options)));
    decoder_bbox_head.push_back(box_list->register_module(name, BoxHead(box_dims, options)));
  }
  decoder_class_head = add_list("decoder_class_head")
                           ->register_module(std::to_string(config.layers - 1),
                                             Linear(config.class_dim, dim, true, options));
}

OmDetMemory OmDetDecoderImpl::remember(const FeatureMaps& maps) {
  OmDetMemory memory;
  std::vector<at::Tensor> tokens;
  for (std::size_t l = 0; l < maps.size(); ++l) {
    const at::Tensor map = channel_projection_layers[l](maps[l]);
    memory.levels.push_back({map.size(3), map.size(2)});
    tokens.push_back(map.flatten(2).transpose(1, 2));
  }
  memory.tokens = at::cat(tokens, 1);
  return memory;
}

OmDetSelection OmDetDecoderImpl::select(const OmDetMemory& memory, const at::Tensor& classes) {
  const CellBoxes guesses = cell_boxes(memory.levels, memory.tokens.device());
  const at::Tensor inside = at::where(guesses.valid, memory.tokens, 0);
  const at::Tensor features = encoder_norm(encoder_features(inside));
  OmDetSelection selection;
  selection.logits = similarity(features, encoder_class_head(classes), config.cosine);
  selection.cells = std::get<1>(selection.logits.amax(-1).topk(config.queries, 1));
  selection.tokens = rows_at(features, selection.cells);
  // Only chosen cells need their boxes.
  selection.boxes =
      encoder_bbox_head(selection.tokens).to(at::kFloat) + rows_at(guesses.logits, selection.cells);
  return selection;
}

OmDetQueries OmDetDecoderImpl::start(const OmDetSelection& selection, const at::Tensor& task) {
  const at::Tensor tokens =
      config.learned_queries ? tgt_embed->weight.expand({task.size(0), -1, -1}) : selection.tokens;
  return {tokens, task_project(task_encoder(task)), selection.boxes.sigmoid()};
}

void OmDetDecoderImpl::refine(std::size_t layer, OmDetQueries& queries, const OmDetMemory& memory,
                              const at::Tensor& present) {
  const at::Tensor& boxes = queries.boxes;
  at::Tensor visible;
  if (present.defined()) {
    visible = at::constant_pad_nd(present, {boxes.size(1), 0}, true).unsqueeze(1).unsqueeze(1);
  }
  const at::Tensor position = query_position_head(boxes.to(queries.tokens.scalar_type()));
  layers[layer]->forward(queries, position, memory, visible);
  queries.boxes = (decoder_bbox_head[layer](queries.tokens).to(at::kFloat) +
                   inverse_sigmoid(boxes, kInverseSigmoidEps))
                      .sigmoid();
}

at::Tensor OmDetDecoderImpl::classify(const OmDetQueries& queries, const at::Tensor& classes) {
  return similarity(queries.tokens, decoder_class_head(classes), config.cosine);
}

OmDetBoxes OmDetDecoderImpl::forward(const FeatureMaps& maps, const OmDetPrompt& prompt,
                                     const Control& control) {
  control.step("propose");
  const OmDetMemory memory = remember(maps);
  OmDetQueries queries = start(select(memory, prompt.classes), prompt.task);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    control.step("propose");
    refine(i, queries, memory, prompt.present);
  }
  return {classify(queries, prompt.classes), queries.boxes};
}

}  // namespace fo1
