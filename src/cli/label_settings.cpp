#include "cli/label_settings.h"

#include <optional>
#include <sstream>

#include "cli/files.h"
#include "fo1/error.h"

namespace fo1::cli {
namespace {

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

void add_proposing(const RegionChoice& regions, Json& json) {
  const ProposeOptions& propose = regions.propose;
  json["proposals"] = regions.proposers;
  json["prompt"] = propose.prompts;
  json["guided"] = regions.guided;
  json["min-score"] = or_null(propose.min_score);
  json["nms"] = or_null(propose.max_iou);
  json["max-proposals"] = or_null(propose.most);
  json["min-side"] = propose.min_side;
  json["tile"] = propose.tiling.side;
  json["tile-overlap"] = propose.tiling.overlap;
  json["all-regions"] = regions.all_regions;
}

void add_answering(const Generation& generation, Json& json) {
  json["max-new-tokens"] = generation.max_new_tokens;
  json["temperature"] = generation.sampling.temperature;
  json["top-p"] = generation.sampling.top_p;
  json["top-k"] = generation.sampling.top_k;
  json["seed"] = generation.sampling.seed;
}

std::string in_a_line(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

Json settings_of(const LabelOptions& options) {
  Json json = {{"model", absolute(options.model.folder)},
               {"images", absolute(options.images)},
               {"query", options.labels},
               {"dtype", options.model.load.dtype}};
  add_proposing(options.regions, json);
  add_answering(options.generation, json);
  json["min-label-score"] = options.min_label_score;
  return json;
}

void require_same_settings(const Json& earlier, const Json& now, const std::string& where) {
  for (const auto& [key, value] : now.items()) {
    const auto found = earlier.find(key);
    const Json before = found == earlier.end() ? Json() : *found;
    if (before == value) continue;
    std::ostringstream text;
    text << where << ": the earlier run had --" << key << ' ' << in_a_line(before)
         << ", this one has " << in_a_line(value)
         << "; continue with the same settings, or choose another --out";
    throw Error(ErrorCode::kInvalidArgument, text.str());
  }
}

}  // namespace fo1::cli
