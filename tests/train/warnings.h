// What is logged while it lives.
#pragma once

#include <string>

#include "fo1/log.h"

namespace fo1::train {

class Warnings {
 public:
  Warnings() {
    set_log_level(LogLevel::kWarning);
    set_log_sink([this](LogLevel, const std::string& text) { all_ += text + '\n'; });
  }
  ~Warnings() {
    set_log_sink({});
    set_log_level(LogLevel::kOff);
  }
  const std::string& all() const { return all_; }

 private:
  std::string all_;
};

}  // namespace fo1::train
