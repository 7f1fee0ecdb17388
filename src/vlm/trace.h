// Collects the tensors of every stage, for comparison with recorded ones.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <utility>
#include <vector>

namespace fo1 {

class Trace {
 public:
  // A name given again continues the first value along `dim`.
  void put(const std::string& name, const at::Tensor& value, int64_t dim = 0);
  const std::vector<std::pair<std::string, at::Tensor>>& tensors() const { return tensors_; }

 private:
  std::vector<std::pair<std::string, at::Tensor>> tensors_;
};

}  // namespace fo1
