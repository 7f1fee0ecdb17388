// A folder for training runs, gone with the test.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/json.h"
#include "train/config.h"

namespace fo1::train {

class TrainingFolder : public testing::Test {
 protected:
  TrainingFolder();
  ~TrainingFolder() override;

  std::string path(const std::string& name) const;
  void write(const std::string& name, const Json& json) const;

  // run_ with changes, its results in the folder `out`.
  TrainConfig config(const std::string& out, const Json& changes = Json::object()) const;
  // -> the loss of each report made now
  std::vector<double> train(const std::string& out, const Json& changes = Json::object()) const;
  // Stops after some steps of the run, as if it had been killed there.
  void train_in_part(const std::string& out, std::int64_t steps,
                     const Json& changes = Json::object()) const;
  // Every tensor of the model in a folder whose name begins so: "frozen" all are the same as in
  // another folder, "changed" none is, else "mixed".
  std::string change(const std::string& before, const std::string& after,
                     const std::string& prefix) const;

  // That a job's loss of all its samples together is the mean of their losses.
  void expect_samples_alone(const Json& changes = Json::object()) const;

  std::string folder_;
  Json run_;
};

}  // namespace fo1::train
