#include "nn/activation.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "base/error.h"

namespace fo1 {
namespace {

struct Row {
  const char* name;
  Activation activation;
};
constexpr Row kRows[] = {
    {"gelu", Activation::kGelu},
    {"gelu_new", Activation::kGeluTanh},
    {"gelu_pytorch_tanh", Activation::kGeluTanh},
    {"linear", Activation::kNone},
    {"quick_gelu", Activation::kQuickGelu},
    {"relu", Activation::kRelu},
    {"silu", Activation::kSilu},
    {"swish", Activation::kSilu},
};

}  // namespace

at::Tensor activate(Activation activation, at::Tensor x) {
  switch (activation) {
    case Activation::kNone: return x;
    case Activation::kRelu: return x.relu_();
    case Activation::kGelu: return at::gelu_(x);
    case Activation::kGeluTanh: return at::gelu_(x, "tanh");
    case Activation::kQuickGelu: return x.mul_(at::sigmoid(1.702 * x));
    case Activation::kSilu: return at::silu_(x);
  }
  fail(ErrorCode::kInternal, "unknown activation");
}

Activation activation_from(const JsonView& config, const std::string& key, Activation fallback) {
  const auto keys = config.keys();
  if (std::ranges::find(keys, key) == keys.end()) return fallback;
  if (!config.has(key)) return Activation::kNone;
  const auto name = config.get<std::string>(key);
  std::string known;
  for (const Row& row : kRows) {
    if (name == row.name) return row.activation;
    known += cat(known.empty() ? "" : ", ", row.name);
  }
  fail(ErrorCode::kUnsupported, config.at(key).where(), ": unknown activation ", quoted(name),
       ", expected one of ", known);
}

}  // namespace fo1
