// The header alone, as C++17 with -pedantic.
#include "fo1_c.h"

int header_is_cpp() {
  return static_cast<int>(FO1_ABI_VERSION);
}
