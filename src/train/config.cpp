#include "train/config.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <numbers>

#include "base/error.h"
#include "base/files.h"
#include "nn/placement.h"
#include "weights/names.h"

namespace fo1::train {
namespace {

constexpr const char* kKeys[] = {
    "stage",     "model",       "weights",   "out",          "data",         "steps",
    "batch",     "lessons",     "last_rate", "warmup_steps", "weight_decay", "learning_rate",
    "clip_norm", "average",     "seed",      "save_every",   "report_every", "loaders",
    "rates",     "device",      "precision", "written_type", "lora",         "fresh",
    "together",  "keep_encoded"};

// These change how a run goes, not what becomes of its next step; more steps may be added.
constexpr const char* kFree[] = {"out",        "steps",        "device",       "loaders",
                                 "save_every", "report_every", "written_type", "keep_encoded"};

std::string settings_of(Json json) {
  for (const char* key : kFree) json.erase(key);
  return json.dump();
}

void require_known_keys(const JsonView& json) {
  if (!json.is_object()) json.expected("an object");
  for (const std::string& key : json.keys()) {
    if (std::ranges::find(kKeys, key) != std::end(kKeys)) continue;
    std::string known;
    for (const char* other : kKeys) known += cat(known.empty() ? "" : ", ", other);
    json.at(key).expected(cat("one of the keys ", known));
  }
}

void read_at_least(const JsonView& json, const char* key, std::int64_t least, std::int64_t& value) {
  value = json.get_or(key, value);
  if (value < least) json.at(key).expected(cat("a number from ", least, " on"));
}

void read_between(const JsonView& json, const char* key, double most, double& value) {
  value = json.get_or(key, value);
  if (!(value >= 0 && value <= most)) json.at(key).expected(cat("a number from 0 to ", most));
}

void read_rates(const JsonView& json, std::vector<RateRule>& rates) {
  for (std::size_t i = 0; i < json.size(); ++i) {
    RateRule rule{json.at(i).get<std::string>("pattern"), 1};
    read_between(json.at(i), "factor", 1000, rule.factor);
    rates.push_back(std::move(rule));
  }
}

LoraConfig read_lora(const JsonView& json) {
  LoraConfig lora;
  for (const std::string& key : json.keys()) {
    if (key == "rank" || key == "alpha" || key == "targets") continue;
    json.at(key).expected("one of the keys rank, alpha, targets");
  }
  read_at_least(json, "rank", 1, lora.rank);
  read_between(json, "alpha", 1e6, lora.alpha);
  lora.targets = json.get_or("targets", lora.targets);
  return lora;
}

void read_type(const JsonView& json, const char* key, at::ScalarType& type) {
  if (json.has(key)) type = parse_placement("cpu", json.get<std::string>(key)).dtype;
}

}  // namespace

TrainConfig load_train_config(const std::string& path) {
  const Json parsed = load_json(path);
  const JsonView json(parsed, path);
  require_known_keys(json);
  const std::string root = std::filesystem::path(path).parent_path();
  const auto folder = [&](const std::string& name) { return resolve_path(root, name); };
  TrainConfig config;
  config.stage = json.get<std::string>("stage");
  config.model = folder(json.get<std::string>("model"));
  config.out = folder(json.get<std::string>("out"));
  if (json.has("weights")) config.weights = folder(json.get<std::string>("weights"));
  config.fresh = json.get_or("fresh", config.fresh);
  for (const auto& name : json.get<std::vector<std::string>>("data")) {
    config.data.push_back(folder(name));
  }
  if (config.data.empty()) json.at("data").expected("at least one data set");
  json.at("steps");
  read_at_least(json, "steps", 1, config.steps);
  read_at_least(json, "batch", 1, config.batch);
  read_at_least(json, "together", 1, config.together);
  if (config.batch % config.together != 0) {
    json.at("together").expected(cat("a divisor of batch, ", config.batch));
  }
  read_at_least(json, "lessons", 1, config.lessons);
  read_at_least(json, "loaders", 1, config.loaders);
  read_at_least(json, "warmup_steps", 0, config.warmup_steps);
  read_at_least(json, "save_every", 1, config.save_every);
  read_at_least(json, "report_every", 1, config.report_every);
  std::int64_t seed = 0;
  read_at_least(json, "seed", 0, seed);
  config.seed = static_cast<std::uint64_t>(seed);
  read_between(json, "learning_rate", 10, config.learning_rate);
  read_between(json, "last_rate", 1, config.last_rate);
  read_between(json, "weight_decay", 10, config.weight_decay);
  read_between(json, "clip_norm", 1e9, config.clip_norm);
  read_between(json, "average", 0.999999, config.average);
  read_between(json, "keep_encoded", 1e6, config.keep_encoded);
  if (json.has("device")) {
    config.device = parse_placement(json.get<std::string>("device"), "float32").device;
  }
  read_type(json, "precision", config.precision);
  if (config.precision == at::kHalf) {
    json.at("precision").expected("float32 or bfloat16: float16 loses small gradients");
  }
  read_type(json, "written_type", config.written_type);
  if (json.has("lora")) config.lora = read_lora(json.at("lora"));
  if (json.has("rates")) read_rates(json.at("rates"), config.rates);
  config.settings = settings_of(parsed);
  return config;
}

double learning_rate(const TrainConfig& config, std::int64_t step) {
  if (step < config.warmup_steps) {
    return config.learning_rate * static_cast<double>(step + 1) /
           static_cast<double>(config.warmup_steps);
  }
  const double after = static_cast<double>(step - config.warmup_steps);
  const double all =
      static_cast<double>(std::max<std::int64_t>(config.steps - config.warmup_steps, 1));
  const double wave = 0.5 * (1 + std::cos(std::numbers::pi * std::min(after / all, 1.0)));
  return config.learning_rate * (config.last_rate + (1 - config.last_rate) * wave);
}

double rate_factor(const TrainConfig& config, const std::string& name) {
  for (const RateRule& rule : config.rates) {
    if (name_matches(rule.pattern, name)) return rule.factor;
  }
  return 1;
}

}  // namespace fo1::train
