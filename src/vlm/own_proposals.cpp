#include "vlm/own_proposals.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "base/files.h"
#include "base/json.h"

namespace fo1 {

std::optional<std::string> own_proposals(const std::string& model_folder, const std::string& name) {
  const std::string config_path = join_path(model_folder, "config.json");
  const Json config = load_json(config_path);
  const JsonView json(config, config_path);
  const std::string usual = join_path(model_folder, "proposals");
  std::vector<std::string> places;
  if (!name.empty()) places.push_back(join_path(usual, name));
  if (json.has("fo1_proposals")) {
    // Named, so it must be there: not looked for any further.
    places.push_back(resolve_path(model_folder, json.get<std::string>("fo1_proposals")));
    if (name.empty()) return places.back();
  }
  places.push_back(usual);
  if (name.empty()) {
    for (const char* network : {"opn", "upn"}) places.push_back(join_path(usual, network));
  }
  for (const std::string& place : places) {
    if (file_exists(join_path(place, "config.json"))) return place;
  }
  return std::nullopt;
}

}  // namespace fo1
