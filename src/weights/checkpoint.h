// The weights of a model folder, whether in one file or in shards.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "weights/safetensors.h"

namespace fo1 {

// Immutable and safe from any thread. Copies share the mapped files.
class Checkpoint {
 public:
  // Reads model.safetensors.index.json and the shards it names, else model.safetensors, else the
  // only model*.safetensors, else the only *.safetensors. Throws kNotFound (no folder, no weights,
  // a shard is missing) or kCorruptFile (a file is broken, or index and shards do not name the same
  // tensors).
  static Checkpoint open(const std::string& folder);

  const std::string& folder() const { return folder_; }
  std::vector<std::string> names() const;  // sorted
  std::size_t total_bytes() const;         // of all tensors

  bool has(const std::string& name) const { return file_of_.contains(name); }
  // The following throw kNotFound for an unknown name.
  const TensorEntry& info(const std::string& name) const { return file(name).info(name); }
  const std::string& file_of(const std::string& name) const { return file(name).path(); }
  at::Tensor tensor(const std::string& name) const { return file(name).tensor(name); }

 private:
  using File = std::shared_ptr<const SafetensorsFile>;

  explicit Checkpoint(std::string folder) : folder_(std::move(folder)) {}
  void add_shards(const std::string& index_path);
  void add(const File& file);
  const SafetensorsFile& file(const std::string& name) const;

  std::string folder_;
  std::map<std::string, File> file_of_;  // by tensor name
};

}  // namespace fo1
