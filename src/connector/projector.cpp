#include "connector/projector.h"

#include <ATen/ATen.h>

#include <regex>

#include "base/error.h"

namespace fo1 {
namespace {

// Number of linear layers that `kind` asks for.
int64_t depth_of(const std::string& kind) {
  if (kind == "identity") return 0;
  if (kind == "linear") return 1;
  std::smatch match;
  static const std::regex mlp("mlp([1-9][0-9]?)x_gelu");
  if (std::regex_match(kind, match, mlp)) return std::stoll(match[1]);
  fail(ErrorCode::kUnsupported, "projector kind ", quoted(kind),
       ": expected identity, linear or mlpNx_gelu");
}

}  // namespace

ProjectorImpl::ProjectorImpl(const std::string& kind, int64_t in, int64_t out,
                             const at::TensorOptions& options) {
  const int64_t depth = depth_of(kind);
  if (depth == 0 && in != out) {
    fail(ErrorCode::kUnsupported, "projector kind identity cannot map ", in, " to ", out,
         " values");
  }
  for (int64_t i = 0; i < depth; ++i)
    layers.push_back(Linear(i == 0 ? in : out, out, true, options));
  if (kind == "linear") {  // its weights stand in the checkpoint without a layer number
    register_parameter("weight", layers[0]->weight, /*requires_grad=*/false);
    register_parameter("bias", layers[0]->bias, /*requires_grad=*/false);
    return;
  }
  for (int64_t i = 0; i < depth; ++i) {
    register_module(std::to_string(2 * i), layers[i]);  // odd numbers are the GELUs
  }
}

at::Tensor ProjectorImpl::forward(const at::Tensor& x) {
  at::Tensor y = x;
  for (std::size_t i = 0; i < layers.size(); ++i) y = layers[i](i == 0 ? y : at::gelu(y));
  return y;
}

}  // namespace fo1
