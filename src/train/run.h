// A training run: samples in an order of its own, gradients, the optimiser, metrics, and files from
// which it goes on after any end.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "train/config.h"
#include "train/job.h"
#include "train/loader.h"
#include "train/run_state.h"

namespace fo1::train {

// Means over the steps since the report before.
struct Report {
  std::int64_t step = 0;                                               // steps done
  double loss = 0, gradient_norm = 0, learning_rate = 0, seconds = 0;  // seconds: of a step
};

// In `config.out`: a model's folder, the files of `config.model` with it; state.safetensors, to go
// on from; metrics.jsonl, a line a report; loss.png, the same as a picture.
class TrainingRun {
 public:
  // Goes on from the state in `config.out` where there is one.
  TrainingRun(TrainConfig config, std::unique_ptr<Job> job);

  std::int64_t steps_done() const { return step_; }
  // Trains to the last step. Throws fo1::Error when no sample of a step could be used, or when the
  // loss stays without a number.
  void finish(const std::function<void(const Report&)>& show = {});

 private:
  void begin();
  void make_optimiser();
  void train_step(Loader& loader, Report& report, Losses& sums);
  void update_average();
  void close_report(Report& report, const Losses& sums, std::int64_t steps);
  void save() const;
  std::string path(const char* name) const;

  TrainConfig config_;
  std::unique_ptr<Job> job_;
  std::unique_ptr<torch::optim::AdamW> optimiser_;
  std::vector<double> factors_;      // of each of the optimiser's groups
  std::vector<at::Tensor> average_;  // of the module's parameters, over steps; or empty
  std::int64_t step_ = 0;
  int without_number_ = 0;  // steps in a row
};

}  // namespace fo1::train
