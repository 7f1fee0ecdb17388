// Symbol visibility and the library's version. The library is built with hidden visibility; FO1_API
// marks what it exports.
#pragma once

#define FO1_API __attribute__((visibility("default")))

#define FO1_VERSION_MAJOR 0
#define FO1_VERSION_MINOR 1
#define FO1_VERSION_PATCH 0

namespace fo1 {

// "major.minor.patch" of the library that is loaded, which may differ from the macros above.
FO1_API const char* version() noexcept;

}  // namespace fo1
