#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "fo1/model.h"
#include "vlm/fo1_model.h"

namespace fo1 {

struct Model::Impl {
  std::shared_ptr<Fo1Model> model;  // scenes hold it too
  Placement placement;
  std::optional<std::string> proposals;  // folder of the model's own network

  // Loaded by the first who asks.
  const Proposer* proposer() const;

 private:
  mutable std::once_flag loaded_;
  mutable std::optional<Proposer> proposer_;
};

// Sets the number of threads, and says where tensors go. Throws kInvalidArgument, kUnsupported.
Placement prepare(const LoadOptions& options);

}  // namespace fo1
