#include "proposal/config_rules.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

namespace fo1 {
namespace {

void read_colour(const JsonView& json, const char* key, std::array<double, 3>& colour) {
  if (!json.has(key)) return;
  const auto values = json.get<std::vector<double>>(key);
  if (values.size() != colour.size()) json.at(key).expected("3 numbers");
  std::ranges::copy(values, colour.begin());
}

}  // namespace

void require_value(const JsonView& json, const char* key, const Json& expected) {
  if (!json.has(key) || json.at(key).json() == expected) return;
  fail(ErrorCode::kUnsupported, json.at(key).where(), ": expected ", expected.dump(), ", got ",
       quoted(json.at(key).json().dump()));
}

void read_colours(const JsonView& json, PictureRule& rule) {
  read_colour(json, "image_mean", rule.mean);
  read_colour(json, "image_std", rule.std);
}

void check_colours(const PictureRule& rule, const ConfigRules& rules) {
  for (std::size_t c = 0; c < rule.mean.size(); ++c) {
    rules.require(std::isfinite(rule.mean[c]) && std::isfinite(rule.std[c]) &&
                      static_cast<float>(rule.std[c]) > 0,
                  "image_mean and image_std must be finite, the second above 0");
  }
}

}  // namespace fo1
