#include "vlm/trace.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace fo1 {

void Trace::put(const std::string& name, const at::Tensor& value, int64_t dim) {
  const auto found = std::find_if(tensors_.begin(), tensors_.end(),
                                  [&](const auto& entry) { return entry.first == name; });
  if (found == tensors_.end()) {
    tensors_.emplace_back(name, value);
  } else {
    found->second = at::cat({found->second, value}, dim);
  }
}

}  // namespace fo1
