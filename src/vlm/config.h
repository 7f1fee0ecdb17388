// Everything that differs between releases, gathered from a model folder's JSON files.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "image/prepare.h"
#include "language/config.h"
#include "region/region_config.h"
#include "task/config.h"
#include "text/chat.h"

namespace fo1 {

struct ProjectorConfig {
  std::string image = "identity";
  std::string region = "mlp2x_gelu";
};

struct VlmConfig {
  std::string folder;
  std::shared_ptr<const Json> json;  // config.json; encoders read their own part
  bool has_regions = false;          // there is an auxiliary tower, so regions can be offered

  ImageConfig image;
  RegionConfig region;
  ProjectorConfig projector;
  LanguageConfig language;
  ChatFrame chat;
  TaskConfig task;
  std::vector<std::int64_t> stop_ids;  // from generation_config.json and config.json
  std::int64_t max_new_tokens = 1024;

  JsonView view() const { return {*json, folder + "/config.json"}; }
};

// Reads config.json (required), preprocessor_config.json, generation_config.json, fo1_config.json
// (all optional). Throws kNotFound, kCorruptFile, kUnsupported.
VlmConfig load_vlm_config(const std::string& folder);

}  // namespace fo1
