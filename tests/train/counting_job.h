// A job that learns nothing: samples are their numbers.
#pragma once

#include <optional>
#include <set>
#include <stdexcept>

#include "base/error.h"
#include "train/job.h"

namespace fo1::train {

struct CountedSample : Prepared {
  std::int64_t sample = 0;
};

// Samples of two shapes: even ones and odd ones.
class CountingJob : public Job {
 public:
  explicit CountingJob(std::int64_t samples) : samples_(samples) {}

  torch::nn::Module& module() override { throw std::logic_error("not asked for"); }
  std::int64_t samples() const override { return samples_; }
  std::int64_t shape(std::int64_t sample) const override {
    if (without_shape.contains(sample)) {
      fail(ErrorCode::kCorruptFile, "sample ", sample, " has no shape");
    }
    return sample % 2;
  }
  std::unique_ptr<Prepared> prepare(std::int64_t sample, std::int64_t) const override {
    if (fault && sample % 3 == 0) fail(*fault, "sample ", sample, " is broken");
    auto counted = std::make_unique<CountedSample>();
    counted->sample = sample;
    return counted;
  }
  Losses loss(std::span<const std::unique_ptr<Prepared>>) override { return {}; }
  std::string checkpoint_name(const std::string& parameter) const override { return parameter; }
  void write(const std::string&, const NamedTensors&) const override {}
  void improve_random_weights() override {}
  void load(const Checkpoint&) override {}

  std::optional<ErrorCode> fault;  // of every third sample, from 0 on
  std::set<std::int64_t> without_shape;

 private:
  std::int64_t samples_;
};

}  // namespace fo1::train
