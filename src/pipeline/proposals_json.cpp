#include <nlohmann/json.hpp>

#include "fo1/proposer.h"

namespace fo1 {

std::string proposals_to_json(const Image& image, const Proposals& proposals, int indent) {
  using OrderedJson = nlohmann::ordered_json;
  OrderedJson json = {{"schema", 1}, {"task", "propose"}};
  OrderedJson& picture = json["image"];
  if (!image.path().empty()) picture["path"] = image.path();
  picture["width"] = image.width();
  picture["height"] = image.height();
  json["proposals"] = {{"source", proposals.source}, {"count", proposals.regions.size()}};
  OrderedJson& boxes = json["boxes"] = OrderedJson::array();
  for (const Region& region : proposals.regions) {
    const Box& box = region.box;
    OrderedJson entry = {{"box", {box.x1, box.y1, box.x2, box.y2}}};
    if (region.score) entry["score"] = *region.score;
    if (!region.label.empty()) entry["label"] = region.label;
    boxes.push_back(std::move(entry));
  }
  OrderedJson& timings = json["timings_ms"] = OrderedJson::object();
  for (const auto& [stage, milliseconds] : proposals.timings_ms) timings[stage] = milliseconds;
  return json.dump(indent, ' ', false, OrderedJson::error_handler_t::replace);
}

}  // namespace fo1
