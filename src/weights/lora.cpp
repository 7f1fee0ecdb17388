#include "weights/lora.h"

#include <ATen/ATen.h>
#include <torch/nn/module.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"

namespace fo1 {
namespace {

bool says_something(const Json& value) {
  return !(value.is_null() || value == false || value == "none" || value.empty());
}

// Keys that change what is computed; they may be there as long as they say nothing.
void require_plain(const JsonView& config) {
  if (config.get<std::string>("peft_type") != "LORA") config.at("peft_type").expected("LORA");
  for (const char* key : {"bias", "modules_to_save", "use_dora", "fan_in_fan_out", "rank_pattern",
                          "alpha_pattern", "lora_bias", "trainable_token_indices"}) {
    if (!config.has(key) || !says_something(config.at(key).json())) continue;
    fail(ErrorCode::kUnsupported, config.at(key).where(), ": ", config.at(key).json().dump(),
         " is not supported");
  }
}

// Adapters begun so are changes of a base that was changed itself, and do not fit the plain one.
void require_plain_beginning(const JsonView& config) {
  if (!config.has("init_lora_weights")) return;
  const Json& value = config.at("init_lora_weights").json();
  if (value.is_boolean() || value == "gaussian") return;
  fail(ErrorCode::kUnsupported, config.at("init_lora_weights").where(), ": ", value.dump(),
       " is not supported");
}

// lora_alpha / r, or with `use_rslora` lora_alpha / sqrt(r) (arXiv 2312.03732).
double read_scale(const JsonView& config) {
  require_plain(config);
  require_plain_beginning(config);
  const auto rank = config.get<double>("r");
  if (!(rank >= 1)) config.at("r").expected("a rank from 1 on");
  const bool stabilised = config.get_or("use_rslora", false);
  return config.get<double>("lora_alpha") / (stabilised ? std::sqrt(rank) : rank);
}

}  // namespace

LoraMerger::LoraMerger(const std::string& folder) : folder_(folder) {
  require_folder(folder, "adapter folder");
  const std::string path = join_path(folder, kLoraConfigFile);
  const Json config = load_json(path);
  scale_ = read_scale({config, path});
  file_ = SafetensorsFile::open(join_path(folder, kLoraWeightsFile));
  for (std::string& name : file_->names()) left_.insert(std::move(name));
}

void LoraMerger::merge_into(torch::nn::Module& module, const std::string& prefix) {
  constexpr std::string_view kWeight = ".weight";
  for (auto& item : module.named_parameters()) {
    if (!item.key().ends_with(kWeight)) continue;
    const std::string name =
        kLoraPrefix + prefix + item.key().substr(0, item.key().size() - kWeight.size());
    const std::string down_name = name + kLoraDown, up_name = name + kLoraUp;
    if (!left_.contains(down_name) || !left_.contains(up_name)) continue;
    at::Tensor weight = item.value();
    const auto options = weight.options().dtype(at::kFloat);
    const at::Tensor down = file_->tensor(down_name).to(options);
    const at::Tensor up = file_->tensor(up_name).to(options);
    if (weight.dim() != 2 || down.dim() != 2 || up.dim() != 2 || up.size(1) != down.size(0) ||
        up.size(0) != weight.size(0) || down.size(1) != weight.size(1)) {
      fail(ErrorCode::kCorruptFile, file_->path(), ": ", quoted(up_name), " of shape ",
           shape_text(up.sizes().vec()), " and ", quoted(down_name), " of shape ",
           shape_text(down.sizes().vec()), " make no change of a weight of shape ",
           shape_text(weight.sizes().vec()));
    }
    weight.set_data(weight.to(at::kFloat).add(up.matmul(down), scale_).to(weight.scalar_type()));
    left_.erase(down_name);
    left_.erase(up_name);
  }
}

void LoraMerger::require_all_merged() const {
  if (left_.empty()) return;
  fail(ErrorCode::kCorruptFile, file_->path(), ": ", quoted(*left_.begin()),
       left_.size() > 1 ? cat(" and ", left_.size() - 1, " more") : "",
       " change no weight of this model: the adapter belongs to another one");
}

}  // namespace fo1
