// The line that no exception crosses.
#pragma once

#include <exception>
#include <string>
#include <utility>

#include "capi/fo1_c.h"
#include "fo1/error.h"

namespace fo1::capi {

// Keeps the reason for fo1_last_error() and returns its code.
fo1_status remember(const std::exception_ptr& exception) noexcept;

// Of this thread.
const char* last_error() noexcept;
void set_last_error(const char* message) noexcept;  // NULL: none, and no code

// The reason and code of before, put aside while a callback may set others.
class KeptError {
 public:
  KeptError();
  void restore() const noexcept;

 private:
  fo1_status code_;
  std::string text_;
};

// Runs the body of a function that returns a status.
template <class Work>
fo1_status guard(Work&& work) noexcept {
  try {
    std::forward<Work>(work)();
    return FO1_OK;
  } catch (...) {
    return remember(std::current_exception());
  }
}

// Runs the body of a getter; `fallback` when it fails.
template <class Value, class Work>
Value value_or(Value fallback, Work&& work) noexcept {
  try {
    return std::forward<Work>(work)();
  } catch (...) {
    remember(std::current_exception());
    return fallback;
  }
}

[[noreturn]] inline void refuse(const std::string& message) {
  throw Error(ErrorCode::kInvalidArgument, message);
}

// A pointer argument that must not be NULL.
template <class T>
T* required(T* pointer, const char* name) {
  if (!pointer) refuse(std::string(name) + ": NULL");
  return pointer;
}

// No array of a caller is longer: a larger count is a mistake, mostly -1.
inline constexpr std::size_t kMostEntries = std::size_t{1} << 31;

// An array argument of `count` entries. Throws kInvalidArgument.
template <class T>
void check_array(const T* array, std::size_t count, const char* name) {
  if (count > kMostEntries) {
    refuse(std::string(name) + ": a count of " + std::to_string(count) + ", expected at most " +
           std::to_string(kMostEntries));
  }
  if (count > 0) required(array, name);
}

// The entry of a list that a caller's index means.
template <class List>
const typename List::value_type& item(const List& list, std::size_t index, const char* name) {
  if (index < list.size()) return list[index];
  refuse(std::string(name) + ": index " + std::to_string(index) + " of " +
         std::to_string(list.size()));
}

}  // namespace fo1::capi
