#include "train/lora_layers.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "weights/lora.h"

namespace fo1::train {

LoraLayers::LoraLayers(torch::nn::Module& root, const std::string& prefix, const LoraConfig& config)
    : config_(config) {
  std::vector<std::string> unused = config.targets;
  for (const auto& item : root.named_modules()) {
    auto* layer = dynamic_cast<LinearImpl*>(item.value().get());
    const auto fits = [&](const std::string& target) { return item.key().ends_with("." + target); };
    if (!layer || std::ranges::none_of(config.targets, fits)) continue;
    std::erase_if(unused, fits);
    const at::Tensor& weight = layer->weight;
    const std::string number = std::to_string(layers_.size());
    layer->low_rank =
        LowRank{register_parameter(number + "_down",
                                   at::empty({config.rank, weight.size(1)}, weight.options())),
                register_parameter(number + "_up",
                                   at::zeros({weight.size(0), config.rank}, weight.options())),
                config.alpha / static_cast<double>(config.rank)};
    layers_.push_back(prefix + item.key());
  }
  if (unused.empty()) return;
  fail(ErrorCode::kInvalidArgument, "lora: targets: no layer is called ", quoted(unused.front()));
}

void LoraLayers::begin(std::uint64_t seed) {
  const at::NoGradGuard no_grad;
  const at::Generator generator = at::detail::createCPUGenerator(seed);
  for (const auto& item : named_parameters()) {
    at::Tensor value = item.value();
    if (item.key().ends_with("_up")) {
      value.zero_();
      continue;
    }
    const double size = 1 / std::sqrt(static_cast<double>(value.size(1)));
    value.copy_(at::empty(value.sizes()).normal_(0, size, generator));
  }
}

std::string LoraLayers::adapter_name(const std::string& parameter) const {
  const std::string& layer = layers_.at(std::stoul(parameter));
  return kLoraPrefix + layer + (parameter.ends_with("_down") ? kLoraDown : kLoraUp);
}

void LoraLayers::write(const std::string& folder, const NamedTensors& tensors) const {
  write_safetensors(join_path(folder, kLoraWeightsFile), tensors, {{"format", "pt"}});
  const Json config = {{"peft_type", "LORA"},
                       {"task_type", "CAUSAL_LM"},
                       {"r", config_.rank},
                       {"lora_alpha", config_.alpha},
                       {"lora_dropout", 0.0},
                       {"bias", "none"},
                       {"target_modules", config_.targets}};
  write_file(join_path(folder, kLoraConfigFile), config.dump(1) + '\n');
}

}  // namespace fo1::train
