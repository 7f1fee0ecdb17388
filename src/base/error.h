// Raising errors from inside the library.
#pragma once

#include <sstream>
#include <string>
#include <utility>

#include "fo1/error.h"

namespace fo1 {

// The parts written one after another: cat("boxes[", i, "] is ", x).
template <class... Parts>
std::string cat(const Parts&... parts) {
  std::ostringstream out;
  (out << ... << parts);
  return std::move(out).str();
}

template <class... Parts>
[[noreturn]] void fail(ErrorCode code, const Parts&... parts) {
  throw Error(code, cat(parts...));
}

// Rules that a configuration must follow. `section` names the part of it in messages.
class ConfigRules {
 public:
  explicit ConfigRules(const char* section) : section_(section) {}
  void require(bool good, const char* rule) const {
    if (!good) fail(ErrorCode::kUnsupported, section_, ": ", rule);
  }

 private:
  const char* section_;
};

// Shorten text from outside to what fits in a message, control characters replaced.
std::string quoted(const std::string& text, std::size_t limit = 80);

}  // namespace fo1
