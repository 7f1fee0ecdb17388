// Ctrl-C as a request to finish.
#pragma once

#include "fo1/options.h"

namespace fo1::cli {

// From now on the first SIGINT or SIGTERM triggers the token that is returned (always the same one)
// and the second of a kind ends the process.
CancelToken catch_interrupts();

}  // namespace fo1::cli
