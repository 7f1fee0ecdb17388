// What belongs to the library as a whole: versions, the log, cancel handles.
#include "capi/src/handles.h"

namespace {

using namespace fo1;
using namespace fo1::capi;

constexpr const char* kUnknown = "unknown";

}  // namespace

extern "C" {

const char* fo1_status_name(fo1_status status) {
  if (status == FO1_OK) return "ok";
  if (status < FO1_OK || status > FO1_INTERNAL) return kUnknown;
  return error_code_name(static_cast<ErrorCode>(status));
}

const char* fo1_version(void) {
  return version();
}

uint32_t fo1_abi_version(void) {
  return FO1_ABI_VERSION;
}

fo1_status fo1_set_log(int32_t level, fo1_log_callback callback, void* user) {
  return guard([&] {
    if (level < FO1_LOG_OFF || level > FO1_LOG_DEBUG) {
      refuse("log level: expected FO1_LOG_OFF to FO1_LOG_DEBUG, got " + std::to_string(level));
    }
    LogSink sink;
    if (callback) {
      sink = [callback, user](LogLevel of_message, const std::string& message) {
        callback(user, static_cast<int32_t>(of_message), message.c_str());
      };
    }
    set_log_sink(std::move(sink));
    set_log_level(static_cast<LogLevel>(level));
  });
}

fo1_status fo1_cancel_create(fo1_cancel** out) {
  return create(out, [] { return CancelToken(); });
}

fo1_status fo1_cancel_trigger(fo1_cancel* cancel) {
  return guard([&] { object_of(cancel)->cancel(); });
}

int32_t fo1_cancel_triggered(const fo1_cancel* cancel) {
  return value_or(int32_t{0}, [&] { return int32_t{object_of(cancel)->cancelled()}; });
}

void fo1_cancel_free(fo1_cancel* cancel) {
  release(cancel);
}

}  // extern "C"
