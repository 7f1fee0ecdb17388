#include "vlm/inspect.h"

#include <ATen/ATen.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "vlm/builder.h"
#include "vlm/network_proposer.h"
#include "vlm/own_proposals.h"

namespace fo1 {
namespace {

// Rows the language model reads in the estimate's conversation.
constexpr std::int64_t kEstimatedRows = 2000;
// Widest intermediate results alive at once in a block: the input, both feed-forward halves, the
// sum.
constexpr std::int64_t kLiveCopies = 4;

std::string join(const std::vector<std::int64_t>& values) {
  std::string text;
  for (const std::int64_t value : values) text += cat(text.empty() ? "" : " ", value);
  return text;
}

void add_files(const Checkpoint& checkpoint, Inspection& result) {
  std::set<std::string> files;
  std::map<std::string, std::int64_t> dtypes;
  for (const std::string& name : checkpoint.names()) {
    files.insert(checkpoint.file_of(name));
    ++dtypes[std::string(data_type_name(checkpoint.info(name).dtype))];
    ++result.tensors;
  }
  result.files = static_cast<std::int64_t>(files.size());
  result.bytes = static_cast<std::int64_t>(checkpoint.total_bytes());
  result.dtypes.assign(dtypes.begin(), dtypes.end());
}

// The module's tensors are called rename(inside + its own name) in the checkpoint.
void add_part(const std::string& part, const torch::nn::Module& module, const std::string& inside,
              std::span<const NameRule> rules, const Checkpoint& checkpoint, Inspection& result) {
  InspectedPart row{part, 0, 0};
  for (const auto& parameter : module.named_parameters()) {
    row.parameters += parameter.value().numel();
    const std::string name = rename(rules, inside + parameter.key());
    if (checkpoint.has(name)) {
      row.bytes += static_cast<std::int64_t>(checkpoint.info(name).bytes());
    }
  }
  if (row.parameters > 0) result.parts.push_back(row);
}

void add_settings(const VlmConfig& config, Inspection& result) {
  const LanguageConfig& language = config.language;
  const auto add = [&](const char* name, std::string value) {
    result.settings.emplace_back(name, std::move(value));
  };
  add("vocabulary", std::to_string(language.vocabulary));
  add("language width", std::to_string(language.dim));
  add("language layers", std::to_string(language.layers));
  add("heads / key-value heads", cat(language.heads, " / ", language.kv_heads));
  add("stop ids", join(config.stop_ids));
  if (!config.has_regions) return;
  add("auxiliary picture",
      cat(config.image.auxiliary.aspect_ratio, " ", config.image.auxiliary.image_size, " px"));
  add("auxiliary channels", join(config.region.auxiliary_dims));
  add("feature pyramid", config.region.primary_pyramid ? "yes" : "no");
  add("region feature", std::to_string(config.region.width()));
  add("regions at most", std::to_string(config.chat.region_limit));
}

void add_problems(const std::vector<TensorProblem>& problems, const char* kind,
                  Inspection& result) {
  for (const TensorProblem& problem : problems) {
    result.problems.push_back({kind, problem.name, problem.what});
  }
}

// Values of the largest working set: the auxiliary encoder's first stage or a decoder layer.
std::int64_t working_values(const VlmConfig& config) {
  const std::int64_t language = kEstimatedRows * config.language.hidden;
  if (!config.has_regions) return kLiveCopies * language;
  const std::int64_t side = config.image.auxiliary.image_size / config.region.auxiliary_stride;
  const std::int64_t auxiliary = side * side * 4 * config.region.auxiliary_dims.front();
  return kLiveCopies * std::max(language, auxiliary);
}

void add_memory(const VlmConfig& config, Inspection& result) {
  const LanguageConfig& language = config.language;
  std::int64_t parameters = 0;
  for (const InspectedPart& part : result.parts) parameters += part.parameters;
  const std::int64_t cache =
      2 * language.layers * language.kv_heads * language.head_dim * kEstimatedRows;
  const std::int64_t values = parameters + cache + working_values(config);
  result.memory_float32 = 4 * values;
  result.memory_bfloat16 = 2 * values;
}

void add_report(const StateReport& report, Inspection& result) {
  add_problems(report.missing, "missing", result);
  add_problems(report.mismatched, "mismatched", result);
  add_problems(report.extra, "extra", result);
}

void inspect_proposer(const std::string& folder, const JsonView& config,
                      const Checkpoint& checkpoint, Inspection& result) {
  const std::shared_ptr<ProposalNetwork> network =
      load_network_form(folder, config, Placement{at::kMeta, at::kFloat});
  const std::vector<NameRule> names = network->names();
  StateReader reader(checkpoint);
  for (std::string& pattern : network->ignored()) reader.ignore(std::move(pattern));
  reader.compare(*network, "", names);

  result.family = network->name();
  result.is_proposer = true;
  for (const auto& child : network->named_children()) {
    add_part(child.key(), *child.value(), child.key() + ".", names, checkpoint, result);
  }
  const Selection& selection = network->selection();
  result.settings.emplace_back("least score", cat(selection.min_score));
  result.settings.emplace_back("largest overlap", cat(selection.max_iou));
  result.settings.emplace_back("boxes at most", cat(selection.most));
  add_report(reader.report(), result);
  for (const InspectedPart& part : result.parts) result.memory_float32 += 4 * part.parameters;
  result.memory_bfloat16 = result.memory_float32 / 2;
}

// What is wrong with the model's own proposal network, if it has one.
void add_own_proposals(const std::string& folder, Inspection& result) {
  const std::optional<std::string> own = own_proposals(folder);
  if (!own) return;
  result.settings.emplace_back("proposals", *own);
  try {
    for (InspectedProblem problem : inspect_folder(*own).problems) {
      problem.tensor = "proposals: " + problem.tensor;
      result.problems.push_back(std::move(problem));
    }
  } catch (const Error& error) {
    result.problems.push_back({"missing", "proposals", error.what()});
  }
}

void inspect_model(const std::string& folder, const Checkpoint& checkpoint, Inspection& result) {
  ModelBuilder builder(checkpoint, load_vlm_config(folder), Placement{at::kMeta, at::kFloat});
  StateReader reader(checkpoint);
  for (std::string& pattern : builder.ignored()) reader.ignore(std::move(pattern));
  for (const ModelBuilder::Part& part : builder.parts()) reader.compare(*part.module, part.prefix);

  result.family = builder.layout().family;
  result.has_regions = builder.config().has_regions;
  for (const ModelBuilder::Part& part : builder.parts()) {
    add_part(part.name, *part.module, part.prefix, {}, checkpoint, result);
  }
  add_settings(builder.config(), result);
  add_report(reader.report(), result);
  add_own_proposals(folder, result);
  add_memory(builder.config(), result);
}

}  // namespace

Inspection inspect_folder(const std::string& folder) {
  require_folder(folder, "model folder");
  const std::string config_path = join_path(folder, "config.json");
  const Json config = load_json(config_path);
  const JsonView json(config, config_path);
  const Checkpoint checkpoint = Checkpoint::open(folder);
  Inspection result;
  result.folder = folder;
  add_files(checkpoint, result);
  if (is_proposal_network(json)) {
    inspect_proposer(folder, json, checkpoint, result);
  } else {
    inspect_model(folder, checkpoint, result);
  }
  return result;
}

std::string Inspection::to_json(int indent) const {
  Json json = {{"folder", folder},
               {"family", family},
               {"has_regions", has_regions},
               {"is_proposer", is_proposer},
               {"files", files},
               {"tensors", tensors},
               {"bytes", bytes},
               {"is_whole", is_whole()},
               {"parts", Json::array()},
               {"problems", Json::array()},
               {"memory_estimate", {{"float32", memory_float32}, {"bfloat16", memory_bfloat16}}}};
  for (const auto& [dtype, count] : dtypes) json["dtypes"][dtype] = count;
  for (const auto& [name, value] : settings) json["settings"][name] = value;
  for (const InspectedPart& part : parts) {
    json["parts"].push_back(
        {{"name", part.name}, {"parameters", part.parameters}, {"bytes", part.bytes}});
  }
  for (const InspectedProblem& problem : problems) {
    json["problems"].push_back(
        {{"kind", problem.kind}, {"tensor", problem.tensor}, {"what", problem.what}});
  }
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace fo1
