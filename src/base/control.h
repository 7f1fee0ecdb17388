// Deadline and cancellation, asked by every stage between two pieces of work.
#pragma once

#include <chrono>
#include <optional>

#include "fo1/options.h"

namespace fo1 {

class Control {
 public:
  Control() = default;  // no limits
  explicit Control(const Limits& limits);

  bool cancelled() const { return cancel_ && cancel_->cancelled(); }
  bool expired() const { return deadline_ && Clock::now() >= *deadline_; }

  // Throws kCancelled or kDeadline, naming the stage that was stopped.
  void check(const char* stage) const;

  static const Control& unlimited();

 private:
  using Clock = std::chrono::steady_clock;
  std::optional<CancelToken> cancel_;
  std::optional<Clock::time_point> deadline_;
};

}  // namespace fo1
