// Low-rank adapters (LoRA, arXiv 2106.09685) as PEFT stores them: a folder with adapter_config.json
// and adapter_model.safetensors. W becomes W + s B A, with B [out, rank] and A [rank, in].
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "weights/safetensors.h"

namespace torch::nn {
class Module;
}

namespace fo1 {

inline constexpr const char* kLoraConfigFile = "adapter_config.json";
inline constexpr const char* kLoraWeightsFile = "adapter_model.safetensors";
// An adapter's tensors are named kLoraPrefix + "model.layers.0.self_attn.q_proj" + kLoraDown or
// kLoraUp.
inline constexpr const char* kLoraPrefix = "base_model.model.";
inline constexpr const char* kLoraDown = ".lora_A.weight";
inline constexpr const char* kLoraUp = ".lora_B.weight";

// Adds an adapter's changes to the weights of modules.
class LoraMerger {
 public:
  // Throws kNotFound, kCorruptFile, kUnsupported (more than the product above: biases, whole
  // modules, DoRA, ranks or scales that differ between layers).
  explicit LoraMerger(const std::string& folder);

  // The module's weight NAME is `prefix` + NAME to the adapter. Weights that it changes are
  // replaced, not written to. Throws kCorruptFile for a product of another shape.
  void merge_into(torch::nn::Module& module, const std::string& prefix);
  // Throws kCorruptFile when the adapter changes a weight that no module had.
  void require_all_merged() const;

 private:
  std::string folder_;
  std::shared_ptr<const SafetensorsFile> file_;
  double scale_ = 1;
  std::set<std::string> left_;  // names not used yet
};

}  // namespace fo1
