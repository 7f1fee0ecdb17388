#include "weights/scalar_type.h"

#include <algorithm>
#include <iterator>

#include "base/error.h"

namespace fo1 {
namespace {

struct Row {
  DataType file;
  at::ScalarType memory;
};

constexpr Row kRows[] = {
    {DataType::kBool, at::ScalarType::Bool},
    {DataType::kU8, at::ScalarType::Byte},
    {DataType::kI8, at::ScalarType::Char},
    {DataType::kF8E5M2, at::ScalarType::Float8_e5m2},
    {DataType::kF8E4M3, at::ScalarType::Float8_e4m3fn},
    {DataType::kI16, at::ScalarType::Short},
    {DataType::kU16, at::ScalarType::UInt16},
    {DataType::kF16, at::ScalarType::Half},
    {DataType::kBF16, at::ScalarType::BFloat16},
    {DataType::kI32, at::ScalarType::Int},
    {DataType::kU32, at::ScalarType::UInt32},
    {DataType::kF32, at::ScalarType::Float},
    {DataType::kI64, at::ScalarType::Long},
    {DataType::kU64, at::ScalarType::UInt64},
    {DataType::kF64, at::ScalarType::Double},
};

}  // namespace

at::ScalarType scalar_type(DataType type) {
  return std::ranges::find(kRows, type, &Row::file)->memory;
}

DataType data_type(at::ScalarType type) {
  const auto* found = std::ranges::find(kRows, type, &Row::memory);
  if (found == std::end(kRows)) {
    fail(ErrorCode::kUnsupported, "safetensors files cannot hold ", c10::toString(type),
         " tensors; expected one of ", data_type_names());
  }
  return found->file;
}

}  // namespace fo1
