// The structs of the interface, their defaults, and what they mean in C++.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "capi/src/handles.h"
#include "capi/src/structs.h"
#include "fo1/time_limit.h"

namespace fo1::capi {

template <>
struct StructOf<fo1_pixels> {
  static constexpr const char* name = "fo1_pixels";
  static constexpr std::size_t smallest = offsetof(fo1_pixels, chroma);
};
template <>
struct StructOf<fo1_load_options> {
  static constexpr const char* name = "fo1_load_options";
  static constexpr std::size_t smallest = offsetof(fo1_load_options, memory_limit);
};
template <>
struct StructOf<fo1_propose_options> {
  static constexpr const char* name = "fo1_propose_options";
  static constexpr std::size_t smallest = offsetof(fo1_propose_options, tile_side);
};
template <>
struct StructOf<fo1_scene_options> {
  static constexpr const char* name = "fo1_scene_options";
  static constexpr std::size_t smallest = offsetof(fo1_scene_options, deadline_seconds);
};
template <>
struct StructOf<fo1_ask_options> {
  static constexpr const char* name = "fo1_ask_options";
  static constexpr std::size_t smallest = offsetof(fo1_ask_options, on_progress);
};

// Defaults of a struct of options.
template <class T>
T defaults();
template <>
fo1_pixels defaults();
template <>
fo1_load_options defaults();
template <>
fo1_propose_options defaults();
template <>
fo1_scene_options defaults();
template <>
fo1_ask_options defaults();

template <class T>
T read_options(const T* given) {
  return read_struct(given, defaults<T>());
}

// Body of the init functions.
template <class T>
fo1_status init_options(T* options, std::size_t size) noexcept {
  return guard([&] { fill_struct(options, defaults<T>(), size); });
}

LoadOptions load_options(const fo1_load_options& options);
ProposeOptions propose_options(const fo1_propose_options& options);
AskOptions ask_options(const fo1_ask_options& options);

Limits make_limits(double deadline_seconds, const fo1_cancel* cancel,
                   fo1_progress_callback on_progress, void* user);
template <class Options>
Limits limits_of(const Options& options) {
  return make_limits(options.deadline_seconds, options.cancel, options.on_progress, options.user);
}

bool truth(std::int32_t value, const char* name);  // throws kInvalidArgument but for 0 and 1

// The same for several calls, from now on.
template <class Options>
TimeLimit time_limit(const Options& options) {
  const Limits limits = limits_of(options);
  return TimeLimit(limits.deadline_seconds, limits.cancel, limits.on_progress);
}

// A text that may be NULL.
inline std::string text_or(const char* text, const char* fallback) {
  return text ? text : fallback;
}
// Arrays of the caller. Throw kInvalidArgument for NULL where something was promised.
std::vector<std::string> texts_of(const char* const* texts, std::size_t count, const char* name);
std::vector<std::int64_t> indexes_of(const std::int64_t* values, std::size_t count,
                                     const char* name);

}  // namespace fo1::capi
