#include "base/region_list.h"

#include <cmath>

#include "base/error.h"

namespace fo1 {
namespace {

Box read_box(const JsonView& json) {
  if (!json.is_array() || json.size() != 4) json.expected("four numbers [x1, y1, x2, y2]");
  const auto n = json.get<std::vector<double>>();
  return {n[0], n[1], n[2], n[3]};
}

Region read_region(const JsonView& json) {
  if (!json.is_object()) return {read_box(json), std::nullopt, ""};
  Region region;
  region.box = read_box(json.at("box"));
  if (json.has("score")) region.score = json.get<double>("score");
  region.label = json.get_or<std::string>("label", "");
  return region;
}

}  // namespace

std::vector<Region> read_regions(const JsonView& json) {
  if (!json.is_array()) json.expected("a list of boxes");
  std::vector<Region> regions;
  regions.reserve(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) regions.push_back(read_region(json.at(i)));
  return regions;
}

}  // namespace fo1
