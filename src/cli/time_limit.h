// One deadline for several calls of the library.
#pragma once

#include <chrono>
#include <optional>

#include "fo1/options.h"

namespace fo1::cli {

class TimeLimit {
 public:
  // The clock starts now.
  TimeLimit(std::optional<double> seconds, CancelToken cancel);

  Limits remaining() const;  // for the next call

 private:
  std::optional<double> seconds_;
  CancelToken cancel_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace fo1::cli
