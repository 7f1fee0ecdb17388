// Makes the modules of a model as its configuration says; the weights come after.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "vlm/fo1_model.h"
#include "vlm/layout.h"
#include "weights/state.h"

namespace fo1 {

class ModelBuilder {
 public:
  // With a meta placement the modules take no memory: enough to compare shapes.
  ModelBuilder(const Checkpoint& checkpoint, VlmConfig config, const Placement& placement);
  // A model that has no checkpoint yet, in VLM-FO1's layout.
  ModelBuilder(VlmConfig config, const Placement& placement);

  struct Part {
    std::string name;
    std::shared_ptr<torch::nn::Module> module;
    std::string prefix;  // of its tensors in the checkpoint
  };
  const std::vector<Part>& parts() const { return parts_; }
  const CheckpointLayout& layout() const { return layout_; }
  const VlmConfig& config() const { return model_->config_; }

  // The part's prefix in checkpoints of another layout.
  static std::string prefix_in(const CheckpointLayout& layout, const Part& part);

  // Patterns of tensors that checkpoints hold beside the parts.
  std::vector<std::string> ignored() const;

  std::unique_ptr<Fo1Model> take() { return std::move(model_); }

 private:
  ModelBuilder(const CheckpointLayout& layout, bool has_head, VlmConfig config,
               const Placement& placement);
  void add_primary();
  void add_regions();
  void add_language(bool has_head);
  void add_stop_tokens();

  const CheckpointLayout& layout_;
  std::unique_ptr<Fo1Model> model_;
  std::vector<Part> parts_;
  bool tied_head_ = true;
};

}  // namespace fo1
