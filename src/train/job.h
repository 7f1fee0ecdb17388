// What one stage of training does with a sample. The run (run.h) does everything else.
#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "fo1/error.h"
#include "weights/checkpoint.h"
#include "weights/safetensors_writer.h"

namespace fo1::train {

// A sample, read from its files and made ready for the network, on the CPU.
struct Prepared {
  virtual ~Prepared() = default;
};

struct Losses {
  at::Tensor total;                                       // a scalar to go downhill on
  std::vector<std::pair<std::string, at::Tensor>> parts;  // scalars for the metrics
};

// Whether an error is a sample's fault, which is then left out; else the run ends.
bool is_fault_of_sample(ErrorCode code);

// `sums` is empty or has the same parts.
void add(Losses& sums, const Losses& losses, double share);
// `all`: with the same parts.
Losses mean(const std::vector<Losses>& all);

class Job {
 public:
  virtual ~Job() = default;

  virtual torch::nn::Module& module() = 0;
  virtual std::int64_t samples() const = 0;
  // Samples with the same value can go through the network together (as a rule). Throws fo1::Error
  // for a sample whose picture cannot be used.
  virtual std::int64_t shape(std::int64_t sample) const = 0;
  // From any thread. `turn` counts the groups of samples of the whole run. Throws fo1::Error for a
  // sample that cannot be used (a broken picture): it is left out of its step.
  virtual std::unique_ptr<Prepared> prepare(std::int64_t sample, std::int64_t turn) const = 0;
  // The mean over samples. On the CPU from several threads at a time.
  virtual Losses loss(std::span<const std::unique_ptr<Prepared>> samples) = 0;
  // The module's tensors under the names of a checkpoint.
  virtual std::string checkpoint_name(const std::string& parameter) const = 0;
  // Writes what was trained, under checkpoint names, as a folder that can be loaded.
  virtual void write(const std::string& folder, const NamedTensors& tensors) const = 0;
  // Changes the weights of random_weights() to those that this network is best begun with.
  virtual void improve_random_weights() = 0;
  // Fills the module from a checkpoint, of which every tensor must be accounted for.
  virtual void load(const Checkpoint& checkpoint) = 0;
};

}  // namespace fo1::train
