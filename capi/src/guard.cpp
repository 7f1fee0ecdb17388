#include "capi/src/guard.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "capi/src/utf8.h"

namespace fo1::capi {
namespace {

// A fixed place: keeping a reason must not fail for lack of memory. Longer texts are cut.
constexpr std::size_t kReasonSize = 4096;
thread_local char reason[kReasonSize] = "";
thread_local fo1_status code = FO1_OK;

// As much as there is room for, cut between two characters. What is not UTF-8, a path perhaps,
// becomes '?'.
void keep(const char* text) noexcept {
  std::size_t size = 0;
  while (*text) {
    const std::size_t bytes = character_size(text);
    if (size + std::max(bytes, std::size_t{1}) >= kReasonSize) break;
    if (bytes == 0) {
      reason[size++] = '?';
      ++text;
    } else {
      std::memmove(reason + size, text, bytes);  // `text` may be the reason itself
      size += bytes;
      text += bytes;
    }
  }
  reason[size] = '\0';
}

fo1_status keep(fo1_status status, const char* text) noexcept {
  keep(text);
  return code = status;
}

}  // namespace

fo1_status remember(const std::exception_ptr& exception) noexcept {
  try {
    std::rethrow_exception(exception);
  } catch (const Error& error) {
    return keep(static_cast<fo1_status>(error.code()), error.what());
  } catch (const std::bad_alloc&) {
    return keep(FO1_OUT_OF_MEMORY, "out of memory");
  } catch (const std::exception& error) {
    return keep(FO1_INTERNAL, error.what());
  } catch (...) {
    return keep(FO1_INTERNAL, "an exception of unknown type, perhaps from a callback");
  }
}

const char* last_error() noexcept {
  return reason;
}

void set_last_error(const char* message) noexcept {
  if (!message) code = FO1_OK;
  keep(message ? message : "");
}

KeptError::KeptError() : code_(code), text_(reason) {
  set_last_error(nullptr);
}

void KeptError::restore() const noexcept {
  keep(code_, text_.c_str());
}

}  // namespace fo1::capi

extern "C" {

const char* fo1_last_error(void) {
  return fo1::capi::last_error();
}

fo1_status fo1_last_status(void) {
  return fo1::capi::code;
}

void fo1_set_last_error(const char* message) {
  fo1::capi::set_last_error(message);
}

}  // extern "C"
