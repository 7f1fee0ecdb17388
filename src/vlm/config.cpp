#include "vlm/config.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"

namespace fo1 {
namespace {

Json load_optional(const std::string& path) {
  return file_exists(path) ? load_json(path) : Json::object();
}

// `eos_token_id` is one id or a list of them.
void add_stop_ids(const JsonView& json, std::vector<std::int64_t>& ids) {
  if (!json.has("eos_token_id")) return;
  const JsonView value = json.at("eos_token_id");
  if (value.is_array()) {
    for (const std::int64_t id : value.get<std::vector<std::int64_t>>()) ids.push_back(id);
  } else {
    ids.push_back(value.get<std::int64_t>());
  }
}

}  // namespace

VlmConfig load_vlm_config(const std::string& folder) {
  require_folder(folder, "model folder");
  VlmConfig config;
  config.folder = folder;
  config.json = std::make_shared<const Json>(load_json(join_path(folder, "config.json")));
  const JsonView json = config.view();
  config.has_regions = json.has("mm_vision_tower_aux");

  const std::string preprocessor_path = join_path(folder, "preprocessor_config.json");
  const Json preprocessor = load_optional(preprocessor_path);
  config.image.primary = primary_pixels_config_from({preprocessor, preprocessor_path});
  config.image.auxiliary = auxiliary_pixels_config_from(json);
  config.region = region_config_from(json);
  config.projector.image = json.get_or("mm_projector_type", config.projector.image);
  config.projector.region = json.get_or("mm_projector_aux_type", config.projector.region);
  config.language = language_config_from(json);

  const std::string generation_path = join_path(folder, "generation_config.json");
  const Json generation = load_optional(generation_path);
  const JsonView generation_view(generation, generation_path);
  add_stop_ids(generation_view, config.stop_ids);
  add_stop_ids(json, config.stop_ids);
  config.max_new_tokens = generation_view.get_or("max_new_tokens", config.max_new_tokens);

  const std::string own_path = join_path(folder, "fo1_config.json");
  const Json own = load_optional(own_path);
  config.task = task_config_from({own, own_path});
  return config;
}

}  // namespace fo1
