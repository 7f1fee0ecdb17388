// Activation functions, as configurations name them.
#pragma once

#include <ATen/core/Tensor.h>

#include "base/json.h"

namespace fo1 {

enum class Activation { kNone, kRelu, kGelu, kGeluTanh, kQuickGelu, kSilu };

// In place: `x` is overwritten and returned, which spares a layer's widest tensor a copy.
at::Tensor activate(Activation activation, at::Tensor x);

// The function that `key` names ("gelu"), kNone where it is null, `fallback` where it is absent.
// Throws kUnsupported, listing the known names.
Activation activation_from(const JsonView& config, const std::string& key, Activation fallback);

}  // namespace fo1
