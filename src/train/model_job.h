// What the stages that train parts of a vision-language model share: the model, its beginnings, and
// its files.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "train/config.h"
#include "train/job.h"
#include "vlm/builder.h"

namespace fo1::train {

class ModelJob : public Job {
 public:
  torch::nn::Module& module() override { return *module_; }
  std::string checkpoint_name(const std::string& parameter) const override;
  void write(const std::string& folder, const NamedTensors& tensors) const override;
  void improve_random_weights() override;
  // Of a plain VLM, too: parts that the checkpoint has not at all stay as they are.
  void load(const Checkpoint& checkpoint) override;

 protected:
  // Throws what reading the model folder throws.
  explicit ModelJob(const TrainConfig& config);

  // Trains a module beside the model's parts.
  void add(std::shared_ptr<torch::nn::Module> beside);
  // The name of its parameter. By its own it is not written with the model.
  virtual std::string name_beside(const std::string& parameter) const;
  // Of a part that the weights do not have, or that they shall not fill.
  virtual void begin_anew(const ModelBuilder::Part& part, const Checkpoint& checkpoint) const;

  // Of a picture's pixels for the image encoder. Throws what picture_size() throws.
  std::int64_t shape_of(const std::string& picture) const;

  Fo1Model& model() const { return *model_; }
  at::Device device() const { return device_; }
  const std::vector<ModelBuilder::Part>& parts() const { return parts_; }

 private:
  ModelJob(ModelBuilder builder, const TrainConfig& config);
  void check_fresh(const TrainConfig& config) const;
  bool is_fresh(const ModelBuilder::Part& part, const std::string& prefix,
                const Checkpoint& checkpoint) const;
  void require_same_head(const CheckpointLayout& layout, const Checkpoint& checkpoint) const;

  std::string description_;  // folder
  at::Device device_;
  std::vector<ModelBuilder::Part> parts_;
  std::vector<std::string> fresh_;    // patterns of parts that are not loaded
  std::vector<std::string> ignored_;  // patterns of a checkpoint's tensors that are of no part
  std::unique_ptr<Fo1Model> model_;
  std::shared_ptr<torch::nn::Module> module_;  // all parts, then what is trained beside them
};

}  // namespace fo1::train
