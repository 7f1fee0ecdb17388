// Raising errors from inside the library.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
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
  // Far more than any model needs, and few enough that no product of a few overflows.
  static constexpr std::int64_t kLargest = 1 << 20, kMostLayers = 1000;
  void require_sizes(std::initializer_list<std::int64_t> sizes,
                     const char* rule = "sizes must be 1 to 1048576") const {
    require(std::min(sizes) > 0 && std::max(sizes) <= kLargest, rule);
  }
  void require_layers(std::initializer_list<std::int64_t> counts) const {
    require(std::min(counts) >= 0 && std::max(counts) <= kMostLayers,
            "numbers of layers must be 0 to 1000");
  }

 private:
  const char* section_;
};

// Shorten text from outside to what fits in a message, control characters replaced.
std::string quoted(const std::string& text, std::size_t limit = 80);

}  // namespace fo1
