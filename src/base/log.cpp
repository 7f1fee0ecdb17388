#include "base/log.h"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <mutex>

namespace fo1 {
namespace {

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kError: return spdlog::level::err;
    case LogLevel::kWarning: return spdlog::level::warn;
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kDebug: return spdlog::level::debug;
    case LogLevel::kOff: break;
  }
  return spdlog::level::off;
}

LogLevel from_spdlog(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::err:
    case spdlog::level::critical: return LogLevel::kError;
    case spdlog::level::warn: return LogLevel::kWarning;
    case spdlog::level::info: return LogLevel::kInfo;
    default: return LogLevel::kDebug;
  }
}

class FunctionSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit FunctionSink(LogSink function) : function_(std::move(function)) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    function_(from_spdlog(message.level),
              std::string(message.payload.data(), message.payload.size()));
  }
  void flush_() override {}
  LogSink function_;
};

// Its own logger, not spdlog's default one: an application that uses spdlog keeps its settings.
struct Log {
  std::recursive_mutex
      mutex;          // held while a message is on its way: whoever replaces the sink waits
  bool busy = false;  // a sink that logs again is not called for it
  std::shared_ptr<spdlog::logger> logger = make(nullptr);
  std::atomic<LogLevel> level{LogLevel::kOff};

  static std::shared_ptr<spdlog::logger> make(LogSink sink) {
    std::shared_ptr<spdlog::sinks::sink> target;
    if (sink) {
      target = std::make_shared<FunctionSink>(std::move(sink));
    } else {
      target = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    }
    auto logger = std::make_shared<spdlog::logger>("fo1", std::move(target));
    logger->set_level(spdlog::level::trace);
    return logger;
  }
};

// Never destroyed: other threads may log while the process ends.
Log& instance() {
  static Log& log = *new Log;
  return log;
}

}  // namespace

void set_log_level(LogLevel level) {
  instance().level = level;
}

void set_log_sink(LogSink sink) {
  auto logger = Log::make(std::move(sink));
  const std::lock_guard lock(instance().mutex);
  instance().logger = std::move(logger);
}

bool log_enabled(LogLevel level) noexcept {
  return level <= instance().level.load();
}

void log_message(LogLevel level, const std::string& message) {
  Log& log = instance();
  const std::lock_guard lock(log.mutex);
  if (log.busy) return;
  log.busy = true;
  const std::shared_ptr<spdlog::logger> logger = log.logger;  // which the sink itself may replace
  logger->log(to_spdlog(level), "{}", message);
  log.busy = false;
}

}  // namespace fo1
