#include "capi/src/guard.h"

#include <cstdio>
#include <new>

namespace fo1::capi {
namespace {

// A fixed place: keeping a reason must not fail for lack of memory. Longer texts are cut.
constexpr std::size_t kReasonSize = 4096;
thread_local char reason[kReasonSize] = "";
thread_local fo1_status code = FO1_OK;

// Cuts between two characters of UTF-8.
void keep(const char* text) noexcept {
  const int size = std::snprintf(reason, kReasonSize, "%s", text);
  if (size < static_cast<int>(kReasonSize)) return;
  std::size_t end = kReasonSize - 1;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  reason[end] = '\0';
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
  keep(message);
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
  fo1::capi::set_last_error(message ? message : "");
}

}  // extern "C"
