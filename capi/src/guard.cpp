#include "capi/src/guard.h"

#include <cstdio>
#include <new>

namespace fo1::capi {
namespace {

// A fixed place: keeping a reason must not fail for lack of memory. Longer texts are cut.
constexpr std::size_t kReasonSize = 4096;
thread_local char reason[kReasonSize] = "";

// Cuts between two characters of UTF-8.
void keep(const char* text) noexcept {
  const int size = std::snprintf(reason, kReasonSize, "%s", text);
  if (size < static_cast<int>(kReasonSize)) return;
  std::size_t end = kReasonSize - 1;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  reason[end] = '\0';
}

}  // namespace

fo1_status remember(const std::exception_ptr& exception) noexcept {
  try {
    std::rethrow_exception(exception);
  } catch (const Error& error) {
    keep(error.what());
    return static_cast<fo1_status>(error.code());
  } catch (const std::bad_alloc&) {
    keep("out of memory");
    return FO1_OUT_OF_MEMORY;
  } catch (const std::exception& error) {
    keep(error.what());
    return FO1_INTERNAL;
  } catch (...) {
    keep("an exception of unknown type, perhaps from a callback");
    return FO1_INTERNAL;
  }
}

const char* last_error() noexcept {
  return reason;
}

}  // namespace fo1::capi

extern "C" const char* fo1_last_error(void) {
  return fo1::capi::last_error();
}
