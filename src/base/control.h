// Deadline and cancellation, asked by every stage between two pieces of work.
#pragma once

#include <chrono>
#include <optional>

#include "fo1/error.h"
#include "fo1/options.h"

namespace fo1 {

// A callback wants nothing of what is there. An error of its own, because kCancelled alone may
// leave an answer that was begun.
class Abandoned : public Error {
 public:
  explicit Abandoned(const char* stage);
};

class Control {
 public:
  Control() = default;  // no limits
  explicit Control(const Limits& limits);

  bool cancelled() const { return cancel_ && cancel_->cancelled(); }
  bool expired() const { return deadline_ && Clock::now() >= *deadline_; }

  // Throws kCancelled or kDeadline, naming the stage that was stopped.
  void check(const char* stage) const;

  // Tells the caller that `done` of `total` pieces of a stage are done, then check(). Throws
  // kCancelled or Abandoned as well when the caller says so.
  void step(const char* stage, std::int64_t done = 0, std::int64_t total = 0) const;

  // Only tells the caller: true to go on, false to stop and keep. Throws Abandoned.
  bool report(const char* stage, std::int64_t done, std::int64_t total) const;

  static const Control& unlimited();

 private:
  using Clock = std::chrono::steady_clock;
  std::optional<CancelToken> cancel_;
  std::optional<Clock::time_point> deadline_;
  ProgressCallback on_progress_;
};

}  // namespace fo1
