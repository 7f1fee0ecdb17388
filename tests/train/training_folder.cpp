#include "train/training_folder.h"

#include <ATen/ATen.h>

#include <filesystem>

#include "base/error.h"
#include "base/files.h"
#include "train/random_weights.h"
#include "train/run.h"
#include "train/stages.h"
#include "weights/checkpoint.h"

namespace fo1::train {

namespace fs = std::filesystem;

TrainingFolder::TrainingFolder() {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  folder_ =
      fs::path(testing::TempDir()) / cat("fo1_train_", test->test_suite_name(), "_", test->name());
  fs::remove_all(folder_);
  fs::create_directories(folder_);
}

TrainingFolder::~TrainingFolder() {
  fs::remove_all(folder_);
}

std::string TrainingFolder::path(const std::string& name) const {
  return join_path(folder_, name);
}

void TrainingFolder::write(const std::string& name, const Json& json) const {
  write_file(path(name), json.dump());
}

TrainConfig TrainingFolder::config(const std::string& out, const Json& changes) const {
  Json json = run_;
  json["out"] = out;
  json.update(changes);
  write(out + ".json", json);
  return load_train_config(path(out + ".json"));
}

std::vector<double> TrainingFolder::train(const std::string& out, const Json& changes) const {
  TrainConfig wanted = config(out, changes);
  std::unique_ptr<Job> job = begin_stage(wanted);
  TrainingRun run(wanted, std::move(job));
  std::vector<double> losses;
  run.finish([&](const Report& report) { losses.push_back(report.loss); });
  return losses;
}

void TrainingFolder::train_in_part(const std::string& out, std::int64_t steps,
                                   const Json& changes) const {
  TrainConfig wanted = config(out, changes);
  std::unique_ptr<Job> job = begin_stage(wanted);
  TrainingRun run(wanted, std::move(job));
  struct Killed {};
  EXPECT_THROW(run.finish([&](const Report& report) {
    if (report.step == steps) throw Killed();
  }),
               Killed);
}

void TrainingFolder::expect_samples_alone(const Json& changes) const {
  TrainConfig wanted = config("together", changes);
  const std::unique_ptr<Job> job = begin_stage(wanted);
  random_weights(job->module(), 3);
  std::vector<std::unique_ptr<Prepared>> samples;
  double sum = 0;
  for (std::int64_t sample = 0; sample < job->samples(); ++sample) {
    samples.push_back(job->prepare(sample, 0));
    sum += job->loss(std::span(&samples.back(), 1)).total.item<double>();
  }
  ASSERT_GT(samples.size(), 1U);
  const Losses together = job->loss(samples);
  const double mean = sum / static_cast<double>(samples.size());
  EXPECT_NEAR(together.total.item<double>(), mean, 1e-5 * mean);
}

std::string TrainingFolder::change(const std::string& before, const std::string& after,
                                   const std::string& prefix) const {
  const Checkpoint first = Checkpoint::open(path(before)), second = Checkpoint::open(path(after));
  int same = 0, different = 0;
  for (const std::string& name : first.names()) {
    if (!name.starts_with(prefix)) continue;
    ++(first.tensor(name).equal(second.tensor(name)) ? same : different);
  }
  EXPECT_GT(same + different, 0) << prefix;
  if (different == 0) return "frozen";
  return same == 0 ? "changed" : "mixed";
}

}  // namespace fo1::train
