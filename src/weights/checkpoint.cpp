#include "weights/checkpoint.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"

namespace fo1 {
namespace {
namespace fs = std::filesystem;

using WeightMap = std::map<std::string, std::string>;  // tensor -> shard

WeightMap read_weight_map(const std::string& index_path) {
  const Json json = load_json(index_path);
  const JsonView view = JsonView(json, index_path).at("weight_map");
  WeightMap weight_map;
  for (const std::string& tensor : view.keys()) {
    const auto shard = view.get<std::string>(tensor);
    // A path would let a checkpoint read files outside its folder.
    if (shard.empty() || fs::path(shard).filename() != shard) {
      view.at(tensor).expected("a file name");
    }
    weight_map[tensor] = shard;
  }
  return weight_map;
}

// Tensors of `shard` that are in the file but not in the index, or the other way round, are errors.
void check_shard(const SafetensorsFile& file, const std::string& shard, const WeightMap& weight_map,
                 const std::string& index_path) {
  for (const TensorEntry& entry : file.entries()) {
    const auto mapped = weight_map.find(entry.name);
    if (mapped == weight_map.end() || mapped->second != shard) {
      fail(ErrorCode::kCorruptFile, file.path(), ": tensor ", quoted(entry.name),
           " is not expected here by ", index_path);
    }
  }
  for (const auto& [tensor, owner] : weight_map) {
    if (owner == shard && !file.has(tensor)) {
      fail(ErrorCode::kCorruptFile, file.path(), ": tensor ", quoted(tensor),
           " is missing, expected by ", index_path);
    }
  }
}

// Files of the folder that `chosen` chooses by their names.
template <class Chosen>
std::vector<std::string> file_names(const std::string& folder, Chosen chosen) {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (chosen(name)) names.push_back(name);
  }
  return names;
}

[[noreturn]] void fail_without_weights(const std::string& folder) {
  const auto pickled = file_names(folder, [](const std::string& name) {
    return name.ends_with(".pth") || name.ends_with(".pt") || name.ends_with(".bin");
  });
  fail(ErrorCode::kNotFound, folder,
       ": no weights: expected model.safetensors or model.safetensors.index.json",
       pickled.empty() ? "" : cat("; ", pickled.front(), " must be converted first"));
}

std::string single_file(const std::string& folder) {
  const std::string usual = join_path(folder, "model.safetensors");
  if (file_exists(usual)) return usual;
  const auto is_weights = [](const std::string& name) { return name.ends_with(".safetensors"); };
  std::vector<std::string> found = file_names(folder, [&](const std::string& name) {
    return is_weights(name) && name.starts_with("model");
  });
  // Files of our own (fo1_*) lie beside the weights.
  if (found.empty()) {
    found = file_names(folder, [&](const std::string& name) {
      return is_weights(name) && !name.starts_with("fo1_");
    });
  }
  if (found.empty()) fail_without_weights(folder);
  if (found.size() > 1) {
    fail(ErrorCode::kNotFound, folder, ": ", found.size(),
         " files of weights, but no model.safetensors.index.json that joins them");
  }
  return join_path(folder, found.front());
}

}  // namespace

Checkpoint Checkpoint::open(const std::string& folder) {
  require_folder(folder, "model folder");
  Checkpoint checkpoint(folder);
  const std::string index_path = join_path(folder, "model.safetensors.index.json");
  if (file_exists(index_path)) {
    checkpoint.add_shards(index_path);
  } else {
    checkpoint.add(SafetensorsFile::open(single_file(folder)));
  }
  return checkpoint;
}

void Checkpoint::add_shards(const std::string& index_path) {
  const WeightMap weight_map = read_weight_map(index_path);
  std::set<std::string> shards;
  for (const auto& [tensor, shard] : weight_map) shards.insert(shard);
  for (const std::string& shard : shards) {
    const std::string path = join_path(folder_, shard);
    if (!file_exists(path)) {
      fail(ErrorCode::kNotFound, index_path, ": names the shard ", quoted(shard),
           ", which is not in the folder");
    }
    const File file = SafetensorsFile::open(path);
    check_shard(*file, shard, weight_map, index_path);
    add(file);
  }
}

void Checkpoint::add(const File& file) {
  for (const TensorEntry& entry : file->entries()) file_of_[entry.name] = file;
}

const SafetensorsFile& Checkpoint::file(const std::string& name) const {
  const auto found = file_of_.find(name);
  if (found == file_of_.end()) {
    fail(ErrorCode::kNotFound, folder_, ": no tensor named ", quoted(name));
  }
  return *found->second;
}

std::vector<std::string> Checkpoint::names() const {
  std::vector<std::string> names;
  for (const auto& [name, file] : file_of_) names.push_back(name);
  return names;
}

std::size_t Checkpoint::total_bytes() const {
  std::size_t total = 0;
  for (const auto& [name, file] : file_of_) total += file->info(name).bytes();
  return total;
}

}  // namespace fo1
