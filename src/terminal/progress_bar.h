// How far long work has come.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace fo1 {

// One line on stderr that is written over; nothing at all where stderr is not a terminal.
class ProgressBar {
 public:
  explicit ProgressBar(std::int64_t total);
  ~ProgressBar();  // wipes the line
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  bool is_visible() const { return visible_; }
  void show(std::int64_t done, const std::string& note = "");
  void say(const std::string& line);  // on stderr, in the place of the bar until it is next shown

 private:
  std::int64_t total_;
  bool visible_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace fo1
