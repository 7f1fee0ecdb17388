// Fills modules from a checkpoint and accounts for every tensor on both sides.
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "weights/checkpoint.h"
#include "weights/names.h"

namespace torch::nn {
class Module;
}

namespace fo1 {

// One tensor that is not as it should be.
struct TensorProblem {
  std::string name;  // in the checkpoint
  std::string what;  // "expected shape [2, 3], got [3, 2] in model-00001-of-00002.safetensors"
};

// How modules and a checkpoint differ.
struct StateReport {
  std::string folder;
  std::vector<TensorProblem> missing;     // a module needs it, the checkpoint lacks it
  std::vector<TensorProblem> mismatched;  // of another shape, or of a type that cannot be converted
  std::vector<TensorProblem> extra;       // in the checkpoint, but nobody asked for it

  bool empty() const { return missing.empty() && mismatched.empty() && extra.empty(); }
  // One error for all of them, naming the first few of each kind: kNotFound when tensors are only
  // missing, else kCorruptFile.
  void throw_if_any() const;
};

// Borrows the checkpoint. The tensor for a module's parameter or buffer is named `prefix` + the
// name inside the module, rewritten by `rules` (see names.h).
class StateReader {
 public:
  using Rules = std::span<const NameRule>;

  explicit StateReader(const Checkpoint& checkpoint);
  explicit StateReader(Checkpoint&&) = delete;  // it is borrowed

  // Checkpoint tensors that match (see names.h) are no extra ones.
  void ignore(std::string pattern) { ignored_.push_back(std::move(pattern)); }

  // Fills all parameters and buffers or throws what StateReport::throw_if_any() throws. A CPU
  // tensor whose type the file has becomes a view of the mapped file; others are converted.
  void load(torch::nn::Module& module, const std::string& prefix, Rules rules = {});

  // Like load(), but only looks, and keeps what it finds for report(). The module may be on the
  // meta device.
  void compare(const torch::nn::Module& module, const std::string& prefix, Rules rules = {});

  // What compare() found, and the checkpoint's tensors that neither it nor load() asked for.
  StateReport report() const;

  // Throws kCorruptFile when the checkpoint has a tensor that was neither loaded nor ignored.
  void require_all_taken() const;

 private:
  struct Match {
    std::string name;
    at::Tensor target;
  };
  std::vector<Match> match(const torch::nn::Module& module, const std::string& prefix, Rules rules,
                           StateReport& report);
  std::vector<TensorProblem> extra() const;
  std::string file_name(const std::string& name) const;  // of the shard that holds the tensor

  const Checkpoint& checkpoint_;
  std::vector<std::string> ignored_;
  std::set<std::string> taken_;
  StateReport compared_;
};

}  // namespace fo1
