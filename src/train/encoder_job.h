// Training of the image encoders alone: to tell what is where in a picture. It stands in for the
// large data sets that published encoders have seen before they meet a language model.
#pragma once

#include <memory>
#include <vector>

#include "train/coco_boxes.h"
#include "train/model_job.h"
#include "train/naming.h"
#include "train/placing.h"

namespace fo1::train {

class EncoderJob : public ModelJob {
 public:
  // Throws what reading the model folder and the data sets throws; kInvalidArgument where no box
  // with a category is left.
  explicit EncoderJob(const TrainConfig& config);

  std::int64_t samples() const override { return static_cast<std::int64_t>(samples_.size()); }
  std::unique_ptr<Prepared> prepare(std::int64_t sample, std::int64_t turn) const override;
  std::int64_t shape(std::int64_t sample) const override;
  // Names each image token and each region token, with rows of the language model's table, and
  // tells where regions are.
  Losses loss(std::span<const std::unique_ptr<Prepared>> samples) override;

 private:
  std::uint64_t seed_;
  std::vector<BoxSample> samples_;
  std::unique_ptr<NamingWords> words_;
  NameSpelling names_;
  NamingHead of_cells_{nullptr}, of_regions_{nullptr};
  PlacingHead of_places_{nullptr};
};

}  // namespace fo1::train
