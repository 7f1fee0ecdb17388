#include "weights/safetensors_writer.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>

#include "base/error.h"
#include "base/files.h"
#include "weights/safetensors_header.h"
#include "weights/scalar_type.h"

namespace fo1 {
namespace {

constexpr std::size_t kDataAlignment = 64;  // of the first tensor, from the start of the file

struct Item {
  std::string_view name;
  at::Tensor tensor;
  DataType dtype;
};

void check_tensor(const std::string& name, const at::Tensor& tensor) {
  if (!tensor.defined() || tensor.is_meta()) {
    fail(ErrorCode::kInvalidArgument, "tensor ", quoted(name), " has no values");
  }
  if (tensor.layout() != at::kStrided) {
    fail(ErrorCode::kUnsupported, "tensor ", quoted(name), ": expected a dense tensor");
  }
}

std::vector<Item> in_file_order(const NamedTensors& tensors) {
  std::set<std::string_view> names{kSafetensorsMetadataKey};
  std::vector<Item> items;
  for (const auto& [name, tensor] : tensors) {
    check_tensor(name, tensor);
    if (!names.insert(name).second) {
      fail(ErrorCode::kInvalidArgument, "tensor name ", quoted(name),
           " is given twice or reserved");
    }
    items.push_back({name, tensor, data_type(tensor.scalar_type())});
  }
  std::ranges::stable_sort(items, std::greater(),
                           [](const Item& item) { return data_type_size(item.dtype); });
  return items;
}

std::string header_text(const std::vector<Item>& items,
                        const std::map<std::string, std::string>& metadata) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header[kSafetensorsMetadataKey] = metadata;
  std::size_t begin = 0;
  for (const Item& item : items) {
    const std::size_t end = begin + item.tensor.nbytes();
    header[std::string(item.name)] = {{"dtype", data_type_name(item.dtype)},
                                      {"shape", item.tensor.sizes().vec()},
                                      {"data_offsets", {begin, end}}};
    begin = end;
  }
  try {
    return header.dump();
  } catch (const nlohmann::json::exception&) {
    fail(ErrorCode::kInvalidArgument, "tensor names and metadata must be UTF-8");
  }
}

void write_header(std::ostream& out, std::string text) {
  const std::size_t unpadded = sizeof(std::uint64_t) + text.size();
  text.append((kDataAlignment - unpadded % kDataAlignment) % kDataAlignment, ' ');
  const std::uint64_t length = text.size();
  out.write(reinterpret_cast<const char*>(&length), sizeof(length));
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
}

void write_values(std::ostream& out, const at::Tensor& tensor) {
  const at::Tensor values = tensor.detach().to(at::kCPU).contiguous();
  out.write(static_cast<const char*>(values.const_data_ptr()),
            static_cast<std::streamsize>(values.nbytes()));
}

}  // namespace

void write_safetensors(const std::string& path, const NamedTensors& tensors,
                       const std::map<std::string, std::string>& metadata) {
  const std::vector<Item> items = in_file_order(tensors);
  const std::string header = header_text(items, metadata);
  AtomicFile file(path);
  write_header(file.stream(), header);
  for (const Item& item : items) write_values(file.stream(), item.tensor);
  file.commit();
}

}  // namespace fo1
