// The edge where every error becomes fo1::Error.
#pragma once

#include <exception>
#include <utility>

#include "fo1/error.h"

namespace fo1 {

// The exception being handled, as an Error: LibTorch's without its backtrace, lack of memory with
// its own code. An Error is returned as it is.
Error translated(const std::exception_ptr& exception) noexcept;

// Runs `work` and lets only Error out.
template <class Work>
auto guarded(Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const Error&) {
    throw;
  } catch (...) {
    throw translated(std::current_exception());
  }
}

}  // namespace fo1
