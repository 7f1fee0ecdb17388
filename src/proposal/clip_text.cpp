#include "proposal/clip_text.h"

#include <ATen/ATen.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "base/error.h"
#include "nn/attention.h"
#include "proposal/config_rules.h"

namespace fo1 {

void ClipTextConfig::validate() const {
  const ConfigRules rules("text_config");
  rules.require_sizes({vocabulary, positions, dim, hidden, heads});
  rules.require_layers({layers});
  rules.require(dim % heads == 0, "hidden_size must be a multiple of num_attention_heads");
  rules.require(norm_eps > 0, "layer_norm_eps must be positive");
}

ClipTextConfig clip_text_config_from(const JsonView& config) {
  require_value(config, "model_type", "clip_text_model");
  ClipTextConfig result;
  const auto read = [&](const char* key, auto& value) { value = config.get_or(key, value); };
  read("vocab_size", result.vocabulary);
  read("max_position_embeddings", result.positions);
  read("hidden_size", result.dim);
  read("intermediate_size", result.hidden);
  read("num_hidden_layers", result.layers);
  read("num_attention_heads", result.heads);
  read("layer_norm_eps", result.norm_eps);
  result.activation = activation_from(config, "hidden_act", result.activation);
  result.validate();
  return result;
}

ClipTextLayerImpl::ClipTextLayerImpl(const ClipTextConfig& config, const at::TensorOptions& options)
    : heads(config.heads), activation(config.activation) {
  const int64_t dim = config.dim;
  const auto self_attn = register_module("self_attn", std::make_shared<torch::nn::Module>());
  const auto add_projection = [&](const char* name) {
    return self_attn->register_module(name, Linear(dim, dim, true, options));
  };
  q_proj = add_projection("q_proj");
  k_proj = add_projection("k_proj");
  v_proj = add_projection("v_proj");
  out_proj = add_projection("out_proj");
  layer_norm1 = register_module("layer_norm1", LayerNorm(dim, config.norm_eps, options));
  const auto mlp = register_module("mlp", std::make_shared<torch::nn::Module>());
  fc1 = mlp->register_module("fc1", Linear(dim, config.hidden, true, options));
  fc2 = mlp->register_module("fc2", Linear(config.hidden, dim, true, options));
  layer_norm2 = register_module("layer_norm2", LayerNorm(dim, config.norm_eps, options));
}

at::Tensor ClipTextLayerImpl::forward(const at::Tensor& x, const at::Tensor& mask) {
  const at::Tensor normed = layer_norm1(x);
  const at::Tensor looked =
      x + out_proj(attention(q_proj(normed), k_proj(normed), v_proj(normed), heads, mask));
  return looked + fc2(activate(activation, fc1(layer_norm2(looked))));
}

ClipTextImpl::ClipTextImpl(const ClipTextConfig& config_, const at::TensorOptions& options)
    : config(config_) {
  const auto embeddings = register_module("embeddings", std::make_shared<torch::nn::Module>());
  token_embedding = embeddings->register_module("token_embedding",
                                                Embedding(config.vocabulary, config.dim, options));
  position_embedding = embeddings->register_module(
      "position_embedding", Embedding(config.positions, config.dim, options));
  const auto list = register_module("encoder", std::make_shared<torch::nn::Module>())
                        ->register_module("layers", std::make_shared<torch::nn::Module>());
  for (int64_t i = 0; i < config.layers; ++i) {
    layers.push_back(list->register_module(std::to_string(i), ClipTextLayer(config, options)));
  }
  final_layer_norm =
      register_module("final_layer_norm", LayerNorm(config.dim, config.norm_eps, options));
}

at::Tensor ClipTextImpl::forward(const at::Tensor& ids) {
  const int64_t length = ids.size(1);
  const at::Tensor mask = at::ones({length, length}, ids.options().dtype(at::kBool)).tril();
  at::Tensor x = token_embedding(ids) + position_embedding->weight.narrow(0, 0, length);
  for (ClipTextLayer& layer : layers) x = layer(x, mask);
  return final_layer_norm(x);
}

}  // namespace fo1
