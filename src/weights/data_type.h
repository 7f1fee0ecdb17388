// Element types of the safetensors format.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace fo1 {

enum class DataType {
  kBool,
  kU8,
  kI8,
  kF8E5M2,
  kF8E4M3,
  kI16,
  kU16,
  kF16,
  kBF16,
  kI32,
  kU32,
  kF32,
  kI64,
  kU64,
  kF64
};

std::string_view data_type_name(DataType type);  // as written in files: "BF16"
std::size_t data_type_size(DataType type);       // bytes of one element
std::optional<DataType> data_type_from(std::string_view name);
std::string data_type_names();  // all of them, for messages: "BOOL, U8, ..."

}  // namespace fo1
