#pragma once

#include <memory>
#include <optional>

#include "fo1/model.h"
#include "vlm/fo1_model.h"

namespace fo1 {

struct Model::Impl {
  std::shared_ptr<Fo1Model> model;  // scenes hold it too
  std::optional<Proposer> proposer;
};

// Sets the number of threads, and says where tensors go. Throws kInvalidArgument, kUnsupported.
Placement prepare(const LoadOptions& options);

}  // namespace fo1
