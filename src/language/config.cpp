#include "language/config.h"

#include <numeric>

#include "base/error.h"

namespace fo1 {

void LanguageConfig::validate() const {
  const ConfigRules rules("language model config");
  rules.require(vocabulary > 0 && dim > 0 && hidden > 0 && layers > 0, "sizes must be positive");
  rules.require(heads > 0 && kv_heads > 0 && heads % kv_heads == 0,
                "num_attention_heads must be a multiple of num_key_value_heads");
  rules.require(head_dim > 0 && head_dim % 2 == 0, "the head width must be even");
  rules.require(norm_eps > 0 && rope_theta > 0, "rms_norm_eps and rope_theta must be positive");
  rules.require(rope_sections.size() == 3 &&
                    std::accumulate(rope_sections.begin(), rope_sections.end(), std::int64_t{0}) ==
                        head_dim / 2,
                "the three numbers of mrope_section must add up to half the head width");
}

LanguageConfig language_config_from(const JsonView& config) {
  const JsonView json = config.has("text_config") ? config.at("text_config") : config;
  LanguageConfig result;
  const auto read = [&](const char* key, auto& value) { value = json.get_or(key, value); };
  read("vocab_size", result.vocabulary);
  read("hidden_size", result.dim);
  read("intermediate_size", result.hidden);
  read("num_hidden_layers", result.layers);
  read("num_attention_heads", result.heads);
  read("num_key_value_heads", result.kv_heads);
  result.head_dim = json.get_or("head_dim", result.heads > 0 ? result.dim / result.heads : 0);
  read("rms_norm_eps", result.norm_eps);
  read("rope_theta", result.rope_theta);
  read("max_position_embeddings", result.max_positions);
  for (const JsonView& place : {json, config}) {
    if (!result.tied_head && place.has("tie_word_embeddings")) {
      result.tied_head = place.get<bool>("tie_word_embeddings");
    }
  }
  if (json.has("rope_scaling") && json.at("rope_scaling").has("mrope_section")) {
    result.rope_sections = json.at("rope_scaling").get<std::vector<std::int64_t>>("mrope_section");
  }
  if (json.get_or("use_sliding_window", false)) {
    fail(ErrorCode::kUnsupported, json.where(), ": use_sliding_window is not supported");
  }
  if (const auto act = json.get_or<std::string>("hidden_act", "silu"); act != "silu") {
    fail(ErrorCode::kUnsupported, json.where(), ": hidden_act ", quoted(act), ": expected silu");
  }
  result.validate();
  return result;
}

}  // namespace fo1
