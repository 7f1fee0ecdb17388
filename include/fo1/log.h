// Where the library's own messages go. Nothing is written unless a level is set.
#pragma once

#include <functional>
#include <string>

#include "fo1/export.h"

namespace fo1 {

enum class LogLevel { kOff = 0, kError, kWarning, kInfo, kDebug };

// Process-wide; safe from any thread. The default is kOff.
FO1_API void set_log_level(LogLevel level);

// Replace the sink (stderr by default). `sink` may be called from any thread that uses the library,
// one call at a time; what it causes to be logged is dropped. When this returns, the former sink
// is not called any more (unless it is the caller). An empty function restores stderr.
using LogSink = std::function<void(LogLevel level, const std::string& message)>;
FO1_API void set_log_sink(LogSink sink);

}  // namespace fo1
