// Writes a safetensors file.
#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace fo1 {

using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

// Tensors may be on any device and need not be contiguous. In the file they are sorted by element
// size, largest first, otherwise as given: so each lies aligned for its type. The file appears
// complete or not at all. Throws kInvalidArgument (a name twice, a tensor without values),
// kUnsupported (an element type that files cannot hold), kNotFound (the folder cannot be written).
void write_safetensors(const std::string& path, const NamedTensors& tensors,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace fo1
