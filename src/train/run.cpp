#include "train/run.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <torch/nn/utils/clip_grad.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "train/gradients.h"
#include "train/loss_curve.h"
#include "train/model_folder.h"
#include "train/random_weights.h"

namespace fo1::train {
namespace {

constexpr int kMostWithoutNumber = 20;

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Lines after the step that a run goes on from are of steps that will be done again.
void drop_later_lines(const std::string& path, std::int64_t step) {
  if (!file_exists(path)) return;
  std::istringstream lines(read_file(path));
  std::string kept;
  for (std::string line; std::getline(lines, line);) {
    const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (json.is_object() && json.value("step", step + 1) <= step) kept += line + '\n';
  }
  write_file(path, kept);
}

std::int64_t groups_of_step(const TrainConfig& config) {
  return config.batch / config.together;
}

}  // namespace

TrainingRun::TrainingRun(TrainConfig config, std::unique_ptr<Job> job)
    : config_(std::move(config)), job_(std::move(job)) {
  std::filesystem::create_directories(config_.out);
  make_optimiser();
  if (file_exists(path(kStateFile))) {
    step_ = load_state(path(kStateFile), config_.settings, job_->module(), *optimiser_, average_);
  } else {
    begin();
    for (std::size_t i = 0; i < average_.size(); ++i) {
      average_[i].copy_(job_->module().parameters()[i].detach());
    }
  }
  drop_later_lines(path(kMetricsFile), step_);
}

std::string TrainingRun::path(const char* name) const {
  return join_path(config_.out, name);
}

void TrainingRun::begin() {
  const at::NoGradGuard no_grad;
  random_weights(job_->module(), config_.seed);
  job_->improve_random_weights();
  if (config_.weights.empty()) return;
  job_->load(Checkpoint::open(config_.weights));
  // Loaded tensors lie in the file, which is not to be written to.
  for (at::Tensor& parameter : job_->module().parameters()) {
    parameter.set_data(parameter.clone());
  }
}

void TrainingRun::make_optimiser() {
  std::map<std::pair<double, double>, std::vector<at::Tensor>> groups;  // (factor, decay)
  for (const auto& item : job_->module().named_parameters()) {
    at::Tensor value = item.value();
    const std::string name = job_->checkpoint_name(item.key());
    const double factor = rate_factor(config_, name);
    value.requires_grad_(factor > 0);
    if (config_.average > 0) average_.push_back(value.detach().clone());
    const bool decays = value.dim() > 1 && !is_table(name);
    const double decay = decays ? config_.weight_decay : 0;
    if (factor > 0) groups[{factor, decay}].push_back(value);
  }
  if (groups.empty()) fail(ErrorCode::kInvalidArgument, "rates: every parameter is frozen");
  std::vector<torch::optim::OptimizerParamGroup> list;
  for (auto& [kind, parameters] : groups) {
    factors_.push_back(kind.first);
    auto options = std::make_unique<torch::optim::AdamWOptions>(config_.learning_rate);
    options->weight_decay(kind.second);
    list.emplace_back(parameters, std::move(options));
  }
  optimiser_ = std::make_unique<torch::optim::AdamW>(std::move(list));
}

// Early on the average follows faster, so that the random beginning is soon forgotten.
void TrainingRun::update_average() {
  const at::NoGradGuard no_grad;
  const auto steps = static_cast<double>(step_);
  const double decay = std::min(config_.average, (1 + steps) / (10 + steps));
  const std::vector<at::Tensor> parameters = job_->module().parameters();
  for (std::size_t i = 0; i < average_.size(); ++i) {
    if (parameters[i].requires_grad()) average_[i].lerp_(parameters[i], 1 - decay);
  }
}

void TrainingRun::train_step(Loader& loader, Report& report, Losses& sums) {
  const double rate = learning_rate(config_, step_);
  for (std::size_t g = 0; g < factors_.size(); ++g) {
    optimiser_->param_groups()[g].options().set_lr(rate * factors_[g]);
  }
  optimiser_->zero_grad();
  std::vector<Loader::Group> groups;
  std::size_t used = 0;
  for (std::int64_t g = 0; g < groups_of_step(config_); ++g) {
    groups.push_back(loader.next());
    used += groups.back().size();
  }
  if (used == 0) fail(ErrorCode::kCorruptFile, "no sample of step ", step_ + 1, " can be used");
  add_gradients(*job_, config_, groups, sums);
  const double limit =
      config_.clip_norm > 0 ? config_.clip_norm : std::numeric_limits<float>::max();
  const double norm = torch::nn::utils::clip_grad_norm_(job_->module().parameters(), limit);
  report.gradient_norm += norm;
  report.learning_rate = rate;
  ++step_;
  if (!std::isfinite(norm)) {
    log(LogLevel::kWarning, "step ", step_, ": the gradient is not finite; left out");
    if (++without_number_ == kMostWithoutNumber) {
      fail(ErrorCode::kInternal, kMostWithoutNumber,
           " steps in a row had no finite gradient: use a lower learning_rate");
    }
    return;
  }
  without_number_ = 0;
  optimiser_->step();
  update_average();
}

// `report`: with sums over `steps`, of which it makes means.
void TrainingRun::close_report(Report& report, const Losses& sums, std::int64_t steps) {
  const auto count = static_cast<double>(steps);
  report.step = step_;
  report.loss = sums.total.item<double>() / count;
  report.gradient_norm /= count;
  report.seconds /= count;
  Json line = {{"step", step_},
               {"loss", report.loss},
               {"gradient_norm", report.gradient_norm},
               {"learning_rate", report.learning_rate},
               {"seconds", report.seconds}};
  for (const auto& [name, value] : sums.parts) line[name] = value.item<double>() / count;
  std::ofstream file(path(kMetricsFile), std::ios::app);
  file << line.dump() << std::endl;
  if (!file) fail(ErrorCode::kInternal, path(kMetricsFile), ": writing failed");
}

void TrainingRun::finish(const std::function<void(const Report&)>& show) {
  const std::int64_t groups = groups_of_step(config_);
  Loader loader(*job_, SampleOrder(*job_, config_.seed, config_.together), step_ * groups,
                config_.steps * groups, config_.loaders);
  Report report;
  Losses sums;  // on the device: reading a value waits for all that is computed there
  std::int64_t first = step_;
  auto start = Clock::now();
  while (step_ < config_.steps) {
    train_step(loader, report, sums);
    if (step_ % config_.report_every == 0 || step_ == config_.steps) {
      report.seconds = seconds_since(start);
      close_report(report, sums, step_ - first);
      if (show) show(report);
      report = {};
      sums = {};
      first = step_;
      start = Clock::now();
    }
    if (step_ % config_.save_every == 0 || step_ == config_.steps) save();
  }
}

void TrainingRun::save() const {
  NamedTensors tensors;
  std::size_t next = 0;
  for (const auto& item : job_->module().named_parameters()) {
    const at::Tensor value = average_.empty() ? item.value().detach() : average_[next++];
    tensors.emplace_back(job_->checkpoint_name(item.key()), value.to(config_.written_type));
  }
  job_->write(config_.out, tensors);
  draw_loss_curve(path(kMetricsFile), path(kCurveFile));
  // Last: a run goes on from a state whose model is there.
  save_state(path(kStateFile), step_, config_.settings, job_->module(), *optimiser_, average_);
}

}  // namespace fo1::train
