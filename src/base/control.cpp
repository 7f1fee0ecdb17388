#include "base/control.h"

#include <cmath>

#include "base/error.h"

namespace fo1 {

Abandoned::Abandoned(const char* stage)
    : Error(ErrorCode::kCancelled, cat("cancelled by a callback during ", stage)) {}

Control::Control(const Limits& limits) : cancel_(limits.cancel), on_progress_(limits.on_progress) {
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

void Control::step(const char* stage, std::int64_t done, std::int64_t total) const {
  if (!report(stage, done, total)) {
    fail(ErrorCode::kCancelled, "stopped by a callback during ", stage);
  }
  check(stage);
}

bool Control::report(const char* stage, std::int64_t done, std::int64_t total) const {
  if (!on_progress_) return true;
  const StreamAction action = on_progress_({stage, done, total});
  if (action == StreamAction::kCancel) throw Abandoned(stage);
  return action == StreamAction::kContinue;
}

const Control& Control::unlimited() {
  static const Control control;
  return control;
}

}  // namespace fo1
