// Training of the vision-language model: to say the answers of conversations.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "train/config.h"
#include "train/dialogues.h"
#include "train/job.h"
#include "train/lora_layers.h"
#include "vlm/builder.h"

namespace fo1::train {

enum class VlmLessons {
  kAll,
  kWithoutRegions,  // conversations that offer regions are left out
  kNewTokensOnly,   // of the table of tokens, only rows of region names and grammar are changed
};

class VlmJob : public Job {
 public:
  // Throws what reading the model folder and the data sets throws; kInvalidArgument where no
  // conversation is left.
  VlmJob(const TrainConfig& config, VlmLessons lessons);

  torch::nn::Module& module() override { return *module_; }
  std::int64_t samples() const override { return static_cast<std::int64_t>(groups_.size()); }
  // A sample is up to `lessons` answers about the same pictures and regions.
  std::unique_ptr<Prepared> prepare(std::int64_t sample, std::int64_t turn) const override;
  // Of the first picture's pixels for the image encoder.
  std::int64_t shape(std::int64_t sample) const override;
  Losses loss(std::span<const std::unique_ptr<Prepared>> samples) override;
  std::string checkpoint_name(const std::string& parameter) const override;
  void write(const std::string& folder, const NamedTensors& tensors) const override;
  void improve_random_weights() override;
  // Of a plain VLM, too: parts that the checkpoint has not at all stay as they are.
  void load(const Checkpoint& checkpoint) override;

 private:
  using Group = std::vector<DialogueSample>;

  VlmJob(ModelBuilder builder, const TrainConfig& config, VlmLessons lessons);
  void read_data(const TrainConfig& config, VlmLessons lessons);
  void teach_new_tokens_only();
  void check_fresh(const TrainConfig& config) const;
  bool is_fresh(const ModelBuilder::Part& part, const std::string& prefix,
                const Checkpoint& checkpoint) const;
  void require_same_head(const CheckpointLayout& layout, const Checkpoint& checkpoint) const;
  void add_lora(const TrainConfig& config);

  std::string description_;  // folder
  at::Device device_;
  std::vector<ModelBuilder::Part> parts_;
  std::vector<std::string> fresh_;    // patterns of parts that are not loaded
  std::vector<std::string> ignored_;  // patterns of a checkpoint's tensors that are of no part
  std::unique_ptr<Fo1Model> model_;
  std::uint64_t seed_;
  std::shared_ptr<LoraLayers> lora_;           // null: the weights themselves are trained
  std::shared_ptr<torch::nn::Module> module_;  // all parts, then the changes of low rank
  std::vector<Group> groups_;
};

}  // namespace fo1::train
