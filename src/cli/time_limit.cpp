#include "cli/time_limit.h"

#include <algorithm>
#include <utility>

namespace fo1::cli {

TimeLimit::TimeLimit(std::optional<double> seconds, CancelToken cancel)
    : seconds_(seconds), cancel_(std::move(cancel)), start_(std::chrono::steady_clock::now()) {}

Limits TimeLimit::remaining() const {
  Limits limits;
  limits.cancel = cancel_;
  if (seconds_) {
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start_;
    limits.deadline_seconds = std::max(0.0, *seconds_ - spent.count());
  }
  return limits;
}

}  // namespace fo1::cli
