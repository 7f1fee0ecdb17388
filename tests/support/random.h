// Seeded randomness for property and mutation tests: the same on every run.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace fo1::test {

class Random {
 public:
  explicit Random(std::uint32_t seed) : engine_(seed) {}

  std::size_t below(std::size_t limit) { return engine_() % limit; }

  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[below(from.size())];
  }

  // Some bytes changed, lost, repeated elsewhere, or one of `scraps` put in.
  std::string mutated(std::string bytes, const std::vector<std::string>& scraps = {}) {
    for (std::size_t left = 1 + below(6); left > 0; --left) {
      const std::size_t at = below(bytes.size() + 1);
      const std::size_t length = std::min(below(12), bytes.size() - at);
      switch (below(scraps.empty() ? 4 : 5)) {
        case 0: bytes.insert(at, 1, static_cast<char>(below(256))); break;
        case 1: bytes.erase(at, length); break;
        case 2: bytes.insert(at, bytes.substr(below(bytes.size() + 1), length)); break;
        case 3:
          if (at < bytes.size()) bytes[at] = static_cast<char>(below(256));
          break;
        default: bytes.insert(at, pick(scraps));
      }
    }
    return bytes;
  }

 private:
  std::mt19937 engine_;
};

}  // namespace fo1::test
