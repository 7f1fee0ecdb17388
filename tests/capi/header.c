/* The header alone, as C99 with -pedantic. */
#include "fo1_c.h"

int fo1_header_is_c(void) {
  return (int)FO1_ABI_VERSION;
}
