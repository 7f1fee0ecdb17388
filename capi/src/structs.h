// Structs that older and newer callers fill and read: the first field is the size the caller knows.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>

#include "capi/src/guard.h"

namespace fo1::capi {

// Larger sizes are garbage: no version will come near it.
inline constexpr std::size_t kLargestStruct = 4096;

// What is known of a struct: its name and the smallest size that makes sense.
template <class T>
struct StructOf;

// Throws kInvalidArgument for a size that no version of T has.
template <class T>
void check_size(std::size_t size) {
  const std::size_t smallest = StructOf<T>::smallest;
  if (size >= smallest && size <= kLargestStruct && size % alignof(T) == 0) return;
  refuse(std::string(StructOf<T>::name) + ": struct_size is " + std::to_string(size) +
         ", expected sizeof(" + StructOf<T>::name + "): " + std::to_string(sizeof(T)) +
         " in this library, at least " + std::to_string(smallest));
}

// The caller's struct, with defaults for what it does not know. NULL: all defaults. Throws
// kUnsupported when it sets what this library does not know.
template <class T>
T read_struct(const T* given, T defaults) {
  if (!given) return defaults;
  const std::size_t size = given->struct_size;
  check_size<T>(size);
  const auto* bytes = reinterpret_cast<const unsigned char*>(given);
  const auto* end = bytes + size;
  const auto* unknown = bytes + std::min(size, sizeof(T));
  if (std::any_of(unknown, end, [](unsigned char byte) { return byte != 0; })) {
    throw Error(ErrorCode::kUnsupported,
                std::string(StructOf<T>::name) + ": a field beyond its first " +
                    std::to_string(sizeof(T)) + " bytes is set, which this library (" + version() +
                    ") does not know");
  }
  std::memcpy(&defaults, given, std::min(size, sizeof(T)));
  defaults.struct_size = sizeof(T);
  return defaults;
}

// Fills as much of the caller's struct as it has; zeroes what this library does not know.
template <class T>
void fill_struct(T* out, const T& full, std::size_t size) {
  auto* bytes = reinterpret_cast<unsigned char*>(required(out, StructOf<T>::name));
  check_size<T>(size);
  std::memcpy(bytes, &full, std::min(size, sizeof(T)));
  std::fill(bytes + std::min(size, sizeof(T)), bytes + size, static_cast<unsigned char>(0));
  out->struct_size = static_cast<std::uint32_t>(size);
}

template <class T>
void write_struct(T* out, const T& full) {
  fill_struct(out, full, required(out, StructOf<T>::name)->struct_size);
}

}  // namespace fo1::capi
