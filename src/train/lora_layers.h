// Low-rank changes of a module's linear layers, trained while the weights themselves stay.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nn/linear.h"
#include "train/config.h"
#include "weights/safetensors_writer.h"

namespace fo1::train {

// Its parameters are the changes.
class LoraLayers : public torch::nn::Module {
 public:
  // Gives each layer of `root` whose name ends in ".TARGET" a change, which begin() makes none.
  // The layer NAME is `prefix` + NAME in a checkpoint. Throws kInvalidArgument for a target that no
  // layer has.
  LoraLayers(torch::nn::Module& root, const std::string& prefix, const LoraConfig& config);
  // Random directions that at first change nothing: the second factor is zero.
  void begin(std::uint64_t seed);

  // The name in an adapter's file; see weights/lora.h.
  std::string adapter_name(const std::string& parameter) const;
  // Writes the folder of an adapter. `tensors`: by adapter_name().
  void write(const std::string& folder, const NamedTensors& tensors) const;

 private:
  LoraConfig config_;
  std::vector<std::string> layers_;  // names in a checkpoint
};

}  // namespace fo1::train
