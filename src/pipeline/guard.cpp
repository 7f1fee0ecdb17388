#include "pipeline/guard.h"

#include <c10/util/Exception.h>

#include <new>
#include <string>

namespace fo1 {
namespace {

// LibTorch's CPU allocator reports a failed allocation as a plain error with this in its text.
bool is_out_of_memory(const std::string& text) {
  return text.find("not enough memory") != std::string::npos ||
         text.find("can't allocate memory") != std::string::npos;
}

Error from_torch(const c10::Error& error) {
  std::string text = error.what_without_backtrace();
  if (is_out_of_memory(text)) return {ErrorCode::kOutOfMemory, text};
  return {ErrorCode::kInternal, "LibTorch: " + text};
}

}  // namespace

Error translated(const std::exception_ptr& exception) noexcept {
  try {
    std::rethrow_exception(exception);
  } catch (const Error& error) {
    return error;
  } catch (const c10::OutOfMemoryError& error) {
    return {ErrorCode::kOutOfMemory, error.what_without_backtrace()};
  } catch (const c10::Error& error) {
    return from_torch(error);
  } catch (const std::bad_alloc&) {
    return {ErrorCode::kOutOfMemory, "out of memory"};
  } catch (const std::exception& error) {
    return {ErrorCode::kInternal, error.what()};
  } catch (...) {
    return {ErrorCode::kInternal, "unknown exception"};
  }
}

}  // namespace fo1
