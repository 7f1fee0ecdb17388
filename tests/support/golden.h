// Recorded tensors, and weights that are made again from their formula.
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/json.h"
#include "weights/safetensors.h"

namespace torch::nn {
class Module;
}

namespace fo1::test {

// A file of recorded tensors, which must not be written to: clone one to change it. `relative` is a
// path for data_path().
class Golden {
 public:
  explicit Golden(const std::string& relative);

  bool has(const std::string& name) const { return file_->has(name); }
  std::vector<std::string> names() const { return file_->names(); }
  at::Tensor operator[](const std::string& name) const { return file_->tensor(name); }

 private:
  std::shared_ptr<const SafetensorsFile> file_;
};

// JSON of test data; `relative` is a path for data_path().
Json load_data(const std::string& relative);

// The tensor described by {"shape", "salt", "scale", "offset"}, float32.
at::Tensor regenerate(const JsonView& spec);

// Fills every parameter and buffer of `module` from a list of {"name", "shape", "salt", ...}. Names
// in the list start with `prefix`; throws when the two sides do not name the same tensors.
void fill(torch::nn::Module& module, const JsonView& weights, const std::string& prefix = "");

}  // namespace fo1::test
