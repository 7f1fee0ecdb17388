// Tensors of a safetensors file, used where they lie.
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "weights/mapped_file.h"
#include "weights/safetensors_header.h"

namespace fo1 {

// An open file. Immutable and safe from any thread.
class SafetensorsFile : public std::enable_shared_from_this<SafetensorsFile> {
 public:
  // Throws kNotFound, or kCorruptFile when the header does not fit the file.
  static std::shared_ptr<const SafetensorsFile> open(const std::string& path);

  const std::string& path() const { return path_; }
  const std::vector<TensorEntry>& entries() const { return header_.entries; }
  const std::map<std::string, std::string>& metadata() const { return header_.metadata; }
  std::vector<std::string> names() const;  // in the order of their bytes

  bool has(const std::string& name) const { return index_.contains(name); }
  const TensorEntry& info(const std::string& name) const;  // throws kNotFound

  // A CPU tensor on the file's own memory, which stays mapped as long as any tensor uses it. It
  // must not be written to. Only a tensor that is not aligned for its type is copied.
  at::Tensor tensor(const std::string& name) const;

 private:
  explicit SafetensorsFile(const std::string& path);

  std::string path_;
  MappedFile mapping_;
  SafetensorsHeader header_;
  std::unordered_map<std::string, std::size_t> index_;  // name -> position in entries
};

}  // namespace fo1
