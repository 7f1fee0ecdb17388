// Ids that stand in a prompt for what is not text.
#pragma once

#include <cstdint>

namespace fo1 {

inline constexpr std::int64_t kImagePlaceholder = -200;   // all tokens of one image
inline constexpr std::int64_t kRegionPlaceholder = -300;  // one region token

}  // namespace fo1
