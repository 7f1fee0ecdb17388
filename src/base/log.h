// The library's side of fo1/log.h.
#pragma once

#include "base/error.h"
#include "fo1/log.h"

namespace fo1 {

bool log_enabled(LogLevel level) noexcept;
void log_message(LogLevel level, const std::string& message);

// log(LogLevel::kInfo, kept, " of ", total, " boxes kept"): the text is made only when it is
// wanted.
template <class... Parts>
void log(LogLevel level, const Parts&... parts) {
  if (log_enabled(level)) log_message(level, cat(parts...));
}

}  // namespace fo1
