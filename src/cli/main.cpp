// The program `fo1`. Exit status: 0 done, 1 an error (one line on stderr), 2 wrong usage.
#include <malloc.h>

#include <exception>
#include <iostream>
#include <new>

#include "cli/command_line.h"
#include "cli/text.h"
#include "fo1/error.h"

namespace {

using fo1::ErrorCode;

int report(ErrorCode code, const char* message) {
  std::cerr << "fo1: error: " << fo1::error_code_name(code) << ": " << fo1::cli::one_line(message)
            << std::endl;
  return 1;
}

// The stages' larger tensors come and go: memory that has been freed is kept for the next one,
// which saves the system from mapping and clearing it anew (a tenth of the time of a large
// picture's proposals, for some more resident memory).
void keep_freed_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 1 << 29);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
#endif
}

void run(const fo1::cli::Action& action) {
  action();
  if (!std::cout.flush()) throw fo1::Error(ErrorCode::kInternal, "stdout could not be written");
}

}  // namespace

int main(int argc, char** argv) {
  keep_freed_memory();
  try {
    const fo1::cli::CommandLine asked = fo1::cli::read_command_line(argc, argv);
    if (asked.action) run(asked.action);
    return asked.status;
  } catch (const fo1::Error& error) {
    return report(error.code(), error.what());
  } catch (const std::bad_alloc&) {
    return report(ErrorCode::kOutOfMemory, "out of memory");
  } catch (const std::exception& error) {
    return report(ErrorCode::kInternal, error.what());
  }
}
