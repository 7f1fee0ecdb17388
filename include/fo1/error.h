// The one exception type of the library.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "fo1/export.h"

namespace fo1 {

// Values are part of the interface: they never change meaning, new ones are appended.
enum class ErrorCode : std::int32_t {
  kInvalidArgument = 1,  // the caller's value: an empty query, a NaN box, an unknown task
  kNotFound = 2,         // a file, folder, tensor or label that does not exist
  kCorruptFile = 3,      // a file that exists but is not what it claims to be
  kUnsupported = 4,      // well formed, but outside what this library or this model can do
  kOutOfMemory = 5,
  kCancelled = 6,  // a CancelToken was triggered before there was anything to return
  kDeadline = 7,   // the time limit passed before there was anything to return
  kInternal = 8,   // a defect of the library
};

// "invalid_argument", "not_found", ... : the names used in JSON output.
FO1_API const char* error_code_name(ErrorCode code) noexcept;

// Every function of the C++ API throws only this. The message names what was wrong, where, and what
// was expected.
class FO1_API Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message);
  ErrorCode code() const noexcept { return code_; }

 private:
  ErrorCode code_;
};

}  // namespace fo1
