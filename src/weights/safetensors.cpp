#include "weights/safetensors.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "weights/scalar_type.h"

namespace fo1 {
namespace {

// A byte that is neither 0 nor 1 is no bool to C++: reading it would be undefined.
void check_bools(std::string_view bytes, const std::string& path, const std::string& name) {
  const auto wrong = std::ranges::find_if(bytes, [](char byte) { return byte != 0 && byte != 1; });
  if (wrong != bytes.end()) {
    fail(ErrorCode::kCorruptFile, path, ": tensor ", quoted(name),
         ": expected bytes 0 and 1 of a BOOL tensor, got ",
         static_cast<int>(static_cast<unsigned char>(*wrong)));
  }
}

at::Tensor copy_of(std::string_view bytes, at::IntArrayRef shape,
                   const at::TensorOptions& options) {
  at::Tensor tensor = at::empty(shape, options);
  if (!bytes.empty()) std::memcpy(tensor.data_ptr(), bytes.data(), bytes.size());
  return tensor;
}

}  // namespace

SafetensorsFile::SafetensorsFile(const std::string& path)
    : path_(path), mapping_(path), header_(parse_safetensors_header(mapping_.bytes(), path)) {
  for (std::size_t i = 0; i < header_.entries.size(); ++i) index_[header_.entries[i].name] = i;
}

std::shared_ptr<const SafetensorsFile> SafetensorsFile::open(const std::string& path) {
  return std::shared_ptr<const SafetensorsFile>(new SafetensorsFile(path));
}

std::vector<std::string> SafetensorsFile::names() const {
  std::vector<std::string> names;
  for (const TensorEntry& entry : entries()) names.push_back(entry.name);
  return names;
}

const TensorEntry& SafetensorsFile::info(const std::string& name) const {
  const auto found = index_.find(name);
  if (found == index_.end()) {
    fail(ErrorCode::kNotFound, path_, ": no tensor named ", quoted(name));
  }
  return header_.entries[found->second];
}

at::Tensor SafetensorsFile::tensor(const std::string& name) const {
  const TensorEntry& entry = info(name);
  const std::string_view bytes =
      mapping_.bytes().substr(header_.data_begin + entry.begin, entry.bytes());
  if (entry.dtype == DataType::kBool) check_bools(bytes, path_, name);
  const auto options = at::TensorOptions().dtype(scalar_type(entry.dtype));
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % data_type_size(entry.dtype) != 0) {
    return copy_of(bytes, entry.shape, options);
  }
  const auto keep_mapped = [file = shared_from_this()](void*) {};
  return at::from_blob(const_cast<char*>(bytes.data()), entry.shape, keep_mapped, options);
}

}  // namespace fo1
