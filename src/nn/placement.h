// Where a model's tensors live and in which number format: decided once, at load.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <string>

namespace fo1 {

struct Placement {
  at::Device device = at::kCPU;
  at::ScalarType dtype = at::kFloat;

  at::TensorOptions options() const { return at::TensorOptions().device(device).dtype(dtype); }
  Placement with(at::ScalarType other) const { return {device, other}; }
};

// "cpu", "cuda", "cuda:1" and "float32", "bfloat16", "float16". Throws kInvalidArgument for other
// words, kUnsupported when the device is not present.
Placement parse_placement(const std::string& device, const std::string& dtype);

}  // namespace fo1
