// What a training run is told: one JSON file.
#pragma once

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"

namespace fo1::train {

// Parameters whose names match (see weights/names.h) learn at `factor` times the run's rate; 0:
// they are frozen and stay as they are to the bit.
struct RateRule {
  std::string pattern;
  double factor = 1;
};

// Changes of low rank that are trained in the place of the language model's weights.
struct LoraConfig {
  std::int64_t rank = 16;
  double alpha = 32;  // the change counts alpha / rank times
  std::vector<std::string> targets = {"q_proj",    "k_proj",  "v_proj",   "o_proj",
                                      "gate_proj", "up_proj", "down_proj"};  // names of layers
};

struct TrainConfig {
  std::string stage;               // one of those in stages.cpp
  std::string model;               // folder whose config.json says what is trained
  std::string weights;             // folder of weights to go on from; empty: random ones
  std::vector<std::string> fresh;  // patterns of parts that are begun anew nevertheless
  std::string out;                 // folder of the trained model and of the run's state
  std::vector<std::string> data;   // data sets, all together
  std::int64_t steps = 0;          // of the optimiser
  std::int64_t batch = 8;          // samples whose gradients make one step
  std::int64_t together = 1;       // of these, how many go through the network at once
  std::int64_t lessons = 16;       // most answers about the same pictures in one sample
  double learning_rate = 2e-4;     // after warm-up; falls to `last_rate` times it along a cosine
  double last_rate = 0.02;
  std::int64_t warmup_steps = 100;
  double weight_decay = 1e-4;  // of weights with two or more dimensions
  double clip_norm = 1;        // longest gradient; 0: not clipped
  double average = 0;          // of weights over steps: its decay; 0: the last ones are the model
  std::uint64_t seed = 0;
  std::int64_t save_every = 200;   // steps; at most so many are lost
  std::int64_t report_every = 10;  // steps; a line of metrics each
  std::int64_t loaders = 2;        // samples made ready at a time
  double keep_encoded = 0;         // GiB for what frozen encoders make of pictures
  std::optional<LoraConfig> lora;  // of the stage finetune; the model is then an adapter's folder
  std::vector<RateRule> rates;     // the first that matches counts
  at::Device device = at::kCPU;
  at::ScalarType precision = at::kFloat;     // of products in the network
  at::ScalarType written_type = at::kFloat;  // of the model's weights in its file
  std::string settings;  // JSON: the keys of the file that a run which goes on cannot change
};

// Paths are taken relative to the file. Throws kNotFound, kCorruptFile (an unknown key, a value
// that makes no sense).
TrainConfig load_train_config(const std::string& path);

// The rate of a step counted from 0: linear warm-up, then a cosine.
double learning_rate(const TrainConfig& config, std::int64_t step);

// What the name of a parameter says about its rate.
double rate_factor(const TrainConfig& config, const std::string& name);

}  // namespace fo1::train
