// Training of the vision-language model: to say the answers of conversations.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "train/config.h"
#include "train/dialogues.h"
#include "train/kept_views.h"
#include "train/lora_layers.h"
#include "train/model_job.h"

namespace fo1::train {

enum class VlmLessons {
  kAll,
  kWithoutRegions,  // conversations that offer regions are left out
  kNewTokensOnly,   // of the table of tokens, only rows of region names and grammar are changed
};

class VlmJob : public ModelJob {
 public:
  // Throws what reading the model folder and the data sets throws; kInvalidArgument where no
  // conversation is left.
  VlmJob(const TrainConfig& config, VlmLessons lessons);

  std::int64_t samples() const override { return static_cast<std::int64_t>(groups_.size()); }
  // A sample is up to `lessons` answers about the same pictures and regions.
  std::unique_ptr<Prepared> prepare(std::int64_t sample, std::int64_t turn) const override;
  // Of the first picture's pixels for the image encoder.
  std::int64_t shape(std::int64_t sample) const override;
  Losses loss(std::span<const std::unique_ptr<Prepared>> samples) override;
  void write(const std::string& folder, const NamedTensors& tensors) const override;
  void improve_random_weights() override;

 protected:
  std::string name_beside(const std::string& parameter) const override;
  void begin_anew(const ModelBuilder::Part& part, const Checkpoint& checkpoint) const override;

 private:
  using Group = std::vector<DialogueSample>;

  void read_data(const TrainConfig& config, VlmLessons lessons);
  void teach_new_tokens_only();
  void add_lora(const TrainConfig& config);

  std::uint64_t seed_;
  std::shared_ptr<LoraLayers> lora_;  // null: the weights themselves are trained
  std::vector<Group> groups_;
  KeptViews kept_;
};

}  // namespace fo1::train
