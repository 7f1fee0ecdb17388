#include "capi/src/handles.h"

namespace fo1::capi {

// Steps of 16 from the second page on: aligned as pointers are, and in no range that a language's
// runtime takes for a mistake.
std::uintptr_t new_number() noexcept {
  static std::atomic<std::uintptr_t> next{4096};
  return next.fetch_add(16);
}

}  // namespace fo1::capi
