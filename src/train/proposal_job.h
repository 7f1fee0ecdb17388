// Training of a proposal network: boxes around everything in a picture.
#pragma once

#include <memory>
#include <vector>

#include "proposal/upn.h"
#include "train/coco_boxes.h"
#include "train/config.h"
#include "train/job.h"
#include "train/set_loss.h"

namespace fo1::train {

// The losses of everything that UPN says about a picture of a batch on its way: the cells chosen as
// queries, each decoder layer, the answer. truth: [T, 4], cxcywh in fractions of the picture.
Losses upn_losses(Upn& upn, const Upn::Found& found, std::int64_t picture, const at::Tensor& prompt,
                  const at::Tensor& truth, const SetLossConfig& config);

class ProposalJob : public Job {
 public:
  // Throws what reading the model's config.json and the data sets throws; kUnsupported for a
  // network other than UPN, kInvalidArgument where no picture is left.
  explicit ProposalJob(const TrainConfig& config);

  torch::nn::Module& module() override { return *upn_; }
  std::int64_t samples() const override { return static_cast<std::int64_t>(samples_.size()); }
  std::unique_ptr<Prepared> prepare(std::int64_t sample, std::int64_t turn) const override;
  std::int64_t shape(std::int64_t sample) const override;
  Losses loss(std::span<const std::unique_ptr<Prepared>> samples) override;
  std::string checkpoint_name(const std::string& parameter) const override;
  void write(const std::string& folder, const NamedTensors& tensors) const override;
  void improve_random_weights() override;
  void load(const Checkpoint& checkpoint) override;

 private:
  std::string description_;  // folder
  at::Device device_;
  std::shared_ptr<Upn> upn_;
  std::vector<BoxSample> samples_;
  SetLossConfig loss_;
};

}  // namespace fo1::train
