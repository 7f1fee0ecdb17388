#include "nn/placement.h"

#include <ATen/ATen.h>

#include "base/error.h"

namespace fo1 {
namespace {

struct DtypeName {
  const char* name;
  at::ScalarType dtype;
};
constexpr DtypeName kDtypes[] = {
    {"float32", at::kFloat}, {"bfloat16", at::kBFloat16}, {"float16", at::kHalf}};

at::ScalarType parse_dtype(const std::string& name) {
  for (const DtypeName& row : kDtypes) {
    if (name == row.name) return row.dtype;
  }
  fail(ErrorCode::kInvalidArgument, "dtype ", quoted(name),
       ": expected float32, bfloat16 or float16");
}

at::Device parse_device(const std::string& name) {
  const bool is_cuda = name == "cuda" || name.rfind("cuda:", 0) == 0;
  const bool has_index = name.size() > 5;
  const bool index_ok = !has_index || (name.size() < 9 && name.find_first_not_of("0123456789", 5) ==
                                                              std::string::npos);
  if (name != "cpu" && !(is_cuda && name != "cuda:" && index_ok)) {
    fail(ErrorCode::kInvalidArgument, "device ", quoted(name), ": expected cpu, cuda or cuda:N");
  }
  if (!is_cuda) return at::kCPU;
  const int index = has_index ? std::stoi(name.substr(5)) : 0;
  const auto present =
      at::hasCUDA() ? static_cast<int>(at::detail::getCUDAHooks().deviceCount()) : 0;
  if (index >= present) {
    fail(ErrorCode::kUnsupported, "device ", name, " is not available: this process sees ", present,
         " CUDA devices");
  }
  return {at::kCUDA, static_cast<c10::DeviceIndex>(index)};
}

}  // namespace

Placement parse_placement(const std::string& device, const std::string& dtype) {
  return {parse_device(device), parse_dtype(dtype)};
}

}  // namespace fo1
