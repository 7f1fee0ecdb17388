#include "weights/data_type.h"

#include <algorithm>
#include <iterator>

namespace fo1 {
namespace {

struct Row {
  DataType type;
  std::string_view name;
  std::size_t size;
};

// In the order of the enumeration.
constexpr Row kRows[] = {
    {DataType::kBool, "BOOL", 1},      {DataType::kU8, "U8", 1},
    {DataType::kI8, "I8", 1},          {DataType::kF8E5M2, "F8_E5M2", 1},
    {DataType::kF8E4M3, "F8_E4M3", 1}, {DataType::kI16, "I16", 2},
    {DataType::kU16, "U16", 2},        {DataType::kF16, "F16", 2},
    {DataType::kBF16, "BF16", 2},      {DataType::kI32, "I32", 4},
    {DataType::kU32, "U32", 4},        {DataType::kF32, "F32", 4},
    {DataType::kI64, "I64", 8},        {DataType::kU64, "U64", 8},
    {DataType::kF64, "F64", 8},
};

constexpr bool rows_follow_the_enumeration() {
  for (std::size_t i = 0; i < std::size(kRows); ++i) {
    if (static_cast<std::size_t>(kRows[i].type) != i) return false;
  }
  return true;
}
static_assert(rows_follow_the_enumeration());

const Row& row(DataType type) {
  return kRows[static_cast<std::size_t>(type)];
}

}  // namespace

std::string_view data_type_name(DataType type) {
  return row(type).name;
}

std::size_t data_type_size(DataType type) {
  return row(type).size;
}

std::optional<DataType> data_type_from(std::string_view name) {
  const auto* found = std::ranges::find(kRows, name, &Row::name);
  return found == std::end(kRows) ? std::nullopt : std::optional(found->type);
}

std::string data_type_names() {
  std::string names;
  for (const Row& row : kRows) names.append(names.empty() ? "" : ", ").append(row.name);
  return names;
}

}  // namespace fo1
