// Times by stage name.
#pragma once

#include <chrono>
#include <string>

#include "fo1/answer.h"

namespace fo1 {

// Milliseconds spent in each stage, in the order the stages first ran.
class Profile {
 public:
  void add(const std::string& stage, double milliseconds);
  const Timings& timings() const { return timings_; }
  void merge(const Profile& other);

  // Measures from its construction to its destruction.
  class Timer {
   public:
    Timer(Profile& profile, std::string stage);
    ~Timer();
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

   private:
    Profile& profile_;
    std::string stage_;
    std::chrono::steady_clock::time_point start_;
  };

 private:
  Timings timings_;
};

}  // namespace fo1
