// One deadline for several calls of the library.
#pragma once

#include <chrono>
#include <optional>

#include "fo1/export.h"
#include "fo1/options.h"

namespace fo1 {

// Its clock starts when it is made.
class FO1_API TimeLimit {
 public:
  explicit TimeLimit(std::optional<double> seconds, CancelToken cancel = {},
                     ProgressCallback on_progress = {});

  Limits remaining() const;  // for the next call; what makes no sense as seconds stays as it is

 private:
  Limits limits_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace fo1
