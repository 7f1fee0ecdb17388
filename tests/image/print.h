// How failures show what they compare.
#pragma once

#include <ostream>

#include "base/stage_types.h"

namespace fo1 {

inline void PrintTo(const Size& size, std::ostream* out) {
  *out << size.width << " x " << size.height;
}

}  // namespace fo1
