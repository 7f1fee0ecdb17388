#include "fo1/time_limit.h"

#include <algorithm>
#include <utility>

namespace fo1 {

TimeLimit::TimeLimit(std::optional<double> seconds, CancelToken cancel,
                     ProgressCallback on_progress)
    : limits_{seconds, std::move(cancel), std::move(on_progress)},
      start_(std::chrono::steady_clock::now()) {}

Limits TimeLimit::remaining() const {
  Limits limits = limits_;
  if (std::optional<double>& seconds = limits.deadline_seconds; seconds > 0.0) {
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start_;
    seconds = std::max(0.0, *seconds - spent.count());
  }
  return limits;
}

}  // namespace fo1
