#include "base/profile.h"

#include <algorithm>

namespace fo1 {

void Profile::add(const std::string& stage, double milliseconds) {
  const auto found = std::find_if(timings_.begin(), timings_.end(),
                                  [&](const auto& entry) { return entry.first == stage; });
  if (found != timings_.end()) {
    found->second += milliseconds;
  } else {
    timings_.emplace_back(stage, milliseconds);
  }
}

void Profile::merge(const Profile& other) {
  for (const auto& [stage, milliseconds] : other.timings_) add(stage, milliseconds);
}

Profile::Timer::Timer(Profile& profile, std::string stage)
    : profile_(profile), stage_(std::move(stage)), start_(std::chrono::steady_clock::now()) {}

Profile::Timer::~Timer() {
  const auto spent = std::chrono::steady_clock::now() - start_;
  profile_.add(stage_, std::chrono::duration<double, std::milli>(spent).count());
}

}  // namespace fo1
