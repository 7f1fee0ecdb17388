#include "language/qwen.h"

#include <ATen/ATen.h>

namespace fo1 {

QwenAttentionImpl::QwenAttentionImpl(const LanguageConfig& config, const at::TensorOptions& options)
    : heads(config.heads), kv_heads(config.kv_heads), head_dim(config.head_dim) {
  q_proj = register_module("q_proj", Linear(config.dim, heads * head_dim, true, options));
  k_proj = register_module("k_proj", Linear(config.dim, kv_heads * head_dim, true, options));
  v_proj = register_module("v_proj", Linear(config.dim, kv_heads * head_dim, true, options));
  o_proj = register_module("o_proj", Linear(heads * head_dim, config.dim, false, options));
}

namespace {

// Attention of whole prompts, q [..., H, T, D], keys and values [..., K, T, D] -> as q. Without a
// mask it is causal.
at::Tensor attend_from_start(const at::Tensor& q, const KvCache::Layer& known,
                             const at::Tensor& mask) {
  const int64_t group = q.size(-3) / known.keys.size(-3);
  const auto prompts = [](const at::Tensor& t) {  // [prompts, H, T, D]
    return t.dim() == 3 ? t.unsqueeze(0) : t;
  };
  const at::Tensor keys = known.keys.repeat_interleave(group, -3);
  const at::Tensor values = known.values.repeat_interleave(group, -3);
  const auto look = mask.defined() ? std::optional(mask) : std::nullopt;
  return at::scaled_dot_product_attention(prompts(q), prompts(keys), prompts(values), look, 0.0,
                                          /*is_causal=*/!look)
      .view(q.sizes());
}

// Attention of a few tokens over a long past, without copying keys: the query heads that share a
// key head become rows of one product. mask: see QwenAttentionImpl::forward.
at::Tensor attend_past(const at::Tensor& q, const KvCache::Layer& known, const at::Tensor& mask) {
  const int64_t kv_heads = known.keys.size(0), group = q.size(0) / kv_heads;
  const int64_t tokens = q.size(1), dim = q.size(2);
  const at::Tensor rows = q.reshape({1, kv_heads, group * tokens, dim});
  const at::Tensor rows_mask = mask.defined() ? mask.repeat({group, 1}) : mask;
  return at::scaled_dot_product_attention(
             rows, known.keys.unsqueeze(0), known.values.unsqueeze(0),
             rows_mask.defined() ? std::optional(rows_mask) : std::nullopt)
      .reshape({kv_heads * group, tokens, dim});
}

}  // namespace

at::Tensor QwenAttentionImpl::forward(const at::Tensor& x, const RotaryTable& rotary,
                                      const at::Tensor& mask, KvCache* cache) {
  const int64_t tokens = x.size(-2);
  const auto split = [&](Linear& proj, int64_t count) {
    return proj(x).unflatten(-1, {count, head_dim});
  };
  const at::Tensor q = apply_rotary(split(q_proj, heads), rotary).transpose(-3, -2);  // [H, T, D]
  const at::Tensor k = apply_rotary(split(k_proj, kv_heads), rotary).transpose(-3, -2);
  const at::Tensor v = split(v_proj, kv_heads).transpose(-3, -2);

  const KvCache::Layer known = cache ? cache->append(layer, k, v) : KvCache::Layer{k, v};
  const bool is_step = known.keys.size(-2) > tokens || (tokens == 1 && x.dim() == 2);
  const at::Tensor out = is_step ? attend_past(q, known, mask) : attend_from_start(q, known, mask);
  return o_proj(out.transpose(-3, -2).flatten(-2));
}

QwenLayerImpl::QwenLayerImpl(const LanguageConfig& config, const at::TensorOptions& options) {
  input_norm = register_module("input_layernorm", RmsNorm(config.dim, config.norm_eps, options));
  attention = register_module("self_attn", QwenAttention(config, options));
  post_norm =
      register_module("post_attention_layernorm", RmsNorm(config.dim, config.norm_eps, options));
  mlp = register_module("mlp", SwiGlu(config.dim, config.hidden, false, options));
}

at::Tensor QwenLayerImpl::forward(const at::Tensor& x, const RotaryTable& rotary,
                                  const at::Tensor& mask, KvCache* cache) {
  const at::Tensor y = x + attention(input_norm(x), rotary, mask, cache);
  return y + mlp(post_norm(y));
}

QwenImpl::QwenImpl(const LanguageConfig& config, const at::TensorOptions& options)
    : config(config) {
  embed_tokens = register_module("embed_tokens", Embedding(config.vocabulary, config.dim, options));
  auto list = std::make_shared<torch::nn::Module>();
  for (int64_t i = 0; i < config.layers; ++i) {
    layers.push_back(list->register_module(std::to_string(i), QwenLayer(config, options)));
    layers.back()->attention->layer = i;
  }
  register_module("layers", list);
  norm = register_module("norm", RmsNorm(config.dim, config.norm_eps, options));
}

at::Tensor mrope_angles(const LanguageConfig& config, const at::Tensor& positions) {
  std::vector<int64_t> axis_of_frequency;
  for (std::size_t axis = 0; axis < config.rope_sections.size(); ++axis) {
    axis_of_frequency.insert(axis_of_frequency.end(), config.rope_sections[axis],
                             static_cast<int64_t>(axis));
  }
  const at::Device device = positions.device();
  const at::Tensor axes = at::tensor(axis_of_frequency, at::kLong).to(device);
  const at::Tensor frequencies = rotary_frequencies(config.head_dim, config.rope_theta, device);
  return positions.index_select(0, axes).movedim(0, -1).to(at::kFloat) * frequencies;
}

at::Tensor QwenImpl::forward(const at::Tensor& embeds, const at::Tensor& positions, KvCache* cache,
                             const Control& control, const at::Tensor& look) {
  const int64_t tokens = embeds.size(-2), known = cache ? cache->length() : 0;
  const RotaryTable rotary = rotary_table(mrope_angles(config, positions));
  at::Tensor mask = look;
  if (known > 0 && tokens > 1) {
    mask = at::ones({tokens, known + tokens}, embeds.options().dtype(at::kBool)).tril(known);
  }
  at::Tensor x = embeds;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    // A single token is a step of an answer, which is reported as a whole.
    if (tokens == 1) {
      control.check("generate");
    } else {
      control.step("prefill", static_cast<int64_t>(i), static_cast<int64_t>(layers.size()));
    }
    x = layers[i](x, rotary, mask, cache);
  }
  if (cache) cache->advance(tokens);
  return norm(x);
}

}  // namespace fo1
