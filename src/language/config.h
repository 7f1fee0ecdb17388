// Sizes of the language model.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/json.h"

namespace fo1 {

// Defaults: Qwen2.5-3B.
struct LanguageConfig {
  std::int64_t vocabulary = 151936;
  std::int64_t dim = 2048;
  std::int64_t hidden = 11008;  // of the feed-forward
  std::int64_t layers = 36;
  std::int64_t heads = 16;
  std::int64_t kv_heads = 2;
  std::int64_t head_dim = 128;
  double norm_eps = 1e-6;
  double rope_theta = 1000000;
  // Rotary frequencies that follow the temporal, vertical and horizontal position.
  std::vector<std::int64_t> rope_sections = {16, 24, 24};
  std::int64_t max_positions = 128000;
  std::optional<bool> tied_head;  // absent: tied when the checkpoint has no head of its own

  void validate() const;
};

// `config`: config.json; its `text_config` where there is one, else its top level.
LanguageConfig language_config_from(const JsonView& config);

}  // namespace fo1
