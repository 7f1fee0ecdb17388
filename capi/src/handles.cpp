#include "capi/src/handles.h"

namespace fo1::capi {

// Steps of 16, so that the numbers have the alignment of pointers.
std::uintptr_t new_number() noexcept {
  static std::atomic<std::uintptr_t> last{0};
  return last.fetch_add(16) + 16;
}

}  // namespace fo1::capi
