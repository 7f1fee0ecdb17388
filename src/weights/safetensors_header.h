// The header of a safetensors file, checked against the bytes it describes.
//
// Layout of a file: 8 bytes little-endian length N, N bytes of JSON, then the tensors' bytes.
// JSON: {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end]}, ...,
// "__metadata__": {"key": "text"}}; offsets count from the first byte after the JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "weights/data_type.h"

namespace fo1 {

// Longer headers are refused, as the format's own reader does.
constexpr std::size_t kMaxSafetensorsHeaderBytes = 100'000'000;
// The one key of the header that names no tensor.
constexpr const char* kSafetensorsMetadataKey = "__metadata__";

struct TensorEntry {
  std::string name;
  DataType dtype = DataType::kF32;
  std::vector<std::int64_t> shape;
  std::size_t begin = 0, end = 0;  // counted from SafetensorsHeader::data_begin

  std::size_t bytes() const { return end - begin; }
};

struct SafetensorsHeader {
  std::size_t data_begin = 0;        // from the start of the file
  std::vector<TensorEntry> entries;  // in the order of their bytes
  std::map<std::string, std::string> metadata;
};

// `file` is the whole file; `path` names it in errors. Throws kCorruptFile unless every tensor's
// size equals that of its shape and the tensors fill the file without gap or overlap.
SafetensorsHeader parse_safetensors_header(std::string_view file, const std::string& path);

// "[2, 3]"
std::string shape_text(const std::vector<std::int64_t>& shape);

}  // namespace fo1
