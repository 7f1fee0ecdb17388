#include "base/control.h"

#include <cmath>

#include "base/error.h"

namespace fo1 {

Control::Control(const Limits& limits) : cancel_(limits.cancel) {
  if (!limits.deadline_seconds) return;
  const double seconds = *limits.deadline_seconds;
  if (std::isnan(seconds) || seconds < 0) {
    fail(ErrorCode::kInvalidArgument, "deadline: expected seconds >= 0, got ", seconds);
  }
  constexpr double kCentury = 3e9;  // beyond it the clock's integer would overflow
  if (seconds > kCentury) return;
  deadline_ = Clock::now() +
              std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

void Control::check(const char* stage) const {
  if (cancelled()) fail(ErrorCode::kCancelled, "cancelled during ", stage);
  if (expired()) fail(ErrorCode::kDeadline, "deadline passed during ", stage);
}

const Control& Control::unlimited() {
  static const Control control;
  return control;
}

}  // namespace fo1
