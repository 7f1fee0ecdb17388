#include "weights/safetensors_header.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "base/error.h"
#include "base/json.h"

namespace fo1 {
namespace {

static_assert(std::endian::native == std::endian::little, "tensors are read as they lie in files");

constexpr std::size_t kLengthBytes = 8;
constexpr int kMaxDepth = 3;  // file, tensor, list of numbers

std::string_view header_text(std::string_view file, const std::string& path) {
  if (file.size() < kLengthBytes) {
    fail(ErrorCode::kCorruptFile, path, ": expected the ", kLengthBytes,
         " bytes of a header's length, got ", file.size(), " bytes in all");
  }
  std::uint64_t length = 0;
  std::memcpy(&length, file.data(), kLengthBytes);
  const std::size_t most = std::min(file.size() - kLengthBytes, kMaxSafetensorsHeaderBytes);
  if (length > most) {
    fail(ErrorCode::kCorruptFile, path, ": expected a header of at most ", most,
         " bytes, got the length ", length);
  }
  return file.substr(kLengthBytes, length);
}

// The plain JSON reader keeps the last of two equal keys and takes any depth: neither is safe here.
Json parse_strictly(std::string_view text, const std::string& path) {
  std::vector<std::set<std::string>> keys;  // of the objects that are open
  const auto check = [&](int depth, Json::parse_event_t event, Json& value) {
    using Event = Json::parse_event_t;
    if (depth > kMaxDepth) fail(ErrorCode::kCorruptFile, path, ": header is nested too deeply");
    if (event == Event::object_start) keys.emplace_back();
    if (event == Event::object_end) keys.pop_back();
    if (event == Event::key && !keys.back().insert(value.get<std::string>()).second) {
      fail(ErrorCode::kCorruptFile, path, ": header names ", quoted(value.get<std::string>()),
           " twice");
    }
    return true;
  };
  try {
    return Json::parse(text, check);
  } catch (const Json::exception& error) {
    fail(ErrorCode::kCorruptFile, path, ": header is not valid JSON: ", quoted(error.what(), 200));
  }
}

std::map<std::string, std::string> read_metadata(const JsonView& view) {
  std::map<std::string, std::string> metadata;
  for (const std::string& key : view.keys()) metadata[key] = view.get<std::string>(key);
  return metadata;
}

std::vector<std::int64_t> read_naturals(const JsonView& view) {
  std::vector<std::int64_t> numbers = view.get<std::vector<std::int64_t>>();
  if (std::ranges::any_of(numbers, [](std::int64_t number) { return number < 0; })) {
    view.expected("numbers >= 0");
  }
  return numbers;
}

DataType read_data_type(const JsonView& view) {
  const auto type = data_type_from(view.get<std::string>());
  if (!type) view.expected(cat("one of ", data_type_names()));
  return *type;
}

// Empty dimensions count as one for the overflow check: strides are products of the others.
std::int64_t byte_count(const JsonView& shape_view, const TensorEntry& entry) {
  auto bytes = static_cast<std::int64_t>(data_type_size(entry.dtype));
  bool empty = false;
  for (const std::int64_t dim : entry.shape) {
    empty = empty || dim == 0;
    if (__builtin_mul_overflow(bytes, std::max<std::int64_t>(dim, 1), &bytes)) {
      shape_view.expected("fewer than 2^63 bytes");
    }
  }
  return empty ? 0 : bytes;
}

TensorEntry read_entry(const std::string& name, const JsonView& view, std::size_t data_bytes) {
  TensorEntry entry;
  entry.name = name;
  entry.dtype = read_data_type(view.at("dtype"));
  entry.shape = read_naturals(view.at("shape"));
  const JsonView offsets_view = view.at("data_offsets");
  const std::vector<std::int64_t> offsets = read_naturals(offsets_view);
  if (offsets.size() != 2 || offsets[0] > offsets[1] ||
      static_cast<std::size_t>(offsets[1]) > data_bytes) {
    offsets_view.expected(cat("[begin, end] within the ", data_bytes, " bytes after the header"));
  }
  entry.begin = static_cast<std::size_t>(offsets[0]);
  entry.end = static_cast<std::size_t>(offsets[1]);
  const std::int64_t expected = byte_count(view.at("shape"), entry);
  if (entry.bytes() != static_cast<std::size_t>(expected)) {
    offsets_view.expected(
        cat(expected, " bytes for ", data_type_name(entry.dtype), ' ', shape_text(entry.shape)));
  }
  return entry;
}

// Tensors must follow each other without gap or overlap up to the end of the file.
void check_layout(const std::vector<TensorEntry>& entries, std::size_t data_bytes,
                  const std::string& path) {
  std::size_t next = 0;
  for (const TensorEntry& entry : entries) {
    if (entry.begin != next) {
      fail(ErrorCode::kCorruptFile, path, ": tensor ", quoted(entry.name),
           ": expected to begin at byte ", next, " where the one before ends, got ", entry.begin);
    }
    next = entry.end;
  }
  if (next != data_bytes) {
    fail(ErrorCode::kCorruptFile, path, ": expected ", next, " bytes of tensors, got ", data_bytes);
  }
}

}  // namespace

SafetensorsHeader parse_safetensors_header(std::string_view file, const std::string& path) {
  const std::string_view text = header_text(file, path);
  const Json json = parse_strictly(text, path);
  const JsonView view(json, path);
  if (!view.is_object()) view.expected("a header that is an object");

  SafetensorsHeader header;
  header.data_begin = kLengthBytes + text.size();
  const std::size_t data_bytes = file.size() - header.data_begin;
  for (const auto& [key, value] : json.items()) {
    if (key == kSafetensorsMetadataKey) {
      header.metadata = read_metadata(view.at(key));
    } else {
      const JsonView entry(value, cat(path, ": tensor ", quoted(key)));
      header.entries.push_back(read_entry(key, entry, data_bytes));
    }
  }
  std::ranges::stable_sort(header.entries, {}, [](const TensorEntry& entry) {
    return std::tuple(entry.begin, entry.end);
  });
  check_layout(header.entries, data_bytes, path);
  return header;
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) text += cat(i ? ", " : "", shape[i]);
  return text + "]";
}

}  // namespace fo1
