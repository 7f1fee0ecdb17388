#include "capi/src/options.h"

#include <cmath>
#include <limits>
#include <optional>

namespace fo1::capi {
namespace {

constexpr double kUnset = std::numeric_limits<double>::quiet_NaN();

template <class T>
T zeroed() {
  T options{};
  options.struct_size = sizeof(T);
  return options;
}

std::optional<double> set_value(double value) {
  return std::isnan(value) ? std::nullopt : std::optional<double>(value);
}

StreamAction action_of(std::int32_t value, const char* callback) {
  switch (value) {
    case FO1_CONTINUE: return StreamAction::kContinue;
    case FO1_STOP: return StreamAction::kStop;
    case FO1_CANCEL: return StreamAction::kCancel;
    default:
      refuse(std::string(callback) + " returned " + std::to_string(value) +
             ", expected FO1_CONTINUE, FO1_STOP or FO1_CANCEL");
  }
}

}  // namespace

template <>
fo1_pixels defaults() {
  return zeroed<fo1_pixels>();
}

template <>
fo1_load_options defaults() {
  return zeroed<fo1_load_options>();
}

template <>
fo1_propose_options defaults() {
  auto options = zeroed<fo1_propose_options>();
  options.min_score = kUnset;
  options.max_iou = kUnset;
  options.most = -1;
  options.tile_overlap = Tiling().overlap;
  return options;
}

template <>
fo1_scene_options defaults() {
  return zeroed<fo1_scene_options>();
}

template <>
fo1_ask_options defaults() {
  auto options = zeroed<fo1_ask_options>();
  options.top_p = Sampling().top_p;
  return options;
}

bool truth(std::int32_t value, const char* name) {
  if (value == 0 || value == 1) return value == 1;
  refuse(std::string(name) + ": expected 0 or 1, got " + std::to_string(value));
}

Limits make_limits(double deadline_seconds, const fo1_cancel* cancel,
                   fo1_progress_callback on_progress, void* user) {
  Limits limits;
  if (deadline_seconds != 0) limits.deadline_seconds = deadline_seconds;  // NaN is refused later
  if (cancel) limits.cancel = *object_of(cancel);
  if (on_progress) {
    limits.on_progress = [on_progress, user](const Progress& progress) {
      return action_of(on_progress(user, progress.stage, progress.done, progress.total),
                       "on_progress");
    };
  }
  return limits;
}

LoadOptions load_options(const fo1_load_options& options) {
  LoadOptions result;
  result.device = text_or(options.device, "cpu");
  result.dtype = text_or(options.dtype, "float32");
  result.threads = options.threads;
  result.memory_limit = options.memory_limit;
  result.lora = text_or(options.lora, "");
  result.limits = limits_of(options);
  return result;
}

ProposeOptions propose_options(const fo1_propose_options& options) {
  ProposeOptions result;
  if (options.reserved != 0) {
    throw Error(ErrorCode::kUnsupported, "fo1_propose_options: reserved is not 0");
  }
  result.labels = texts_of(options.labels, options.label_count, "labels");
  result.prompts = texts_of(options.prompts, options.prompt_count, "prompts");
  result.min_score = set_value(options.min_score);
  result.max_iou = set_value(options.max_iou);
  if (options.most != -1) result.most = options.most;
  result.min_side = options.min_side;
  result.tiling = {options.tile_side, options.tile_overlap};
  result.limits = limits_of(options);
  return result;
}

AskOptions ask_options(const fo1_ask_options& options) {
  AskOptions result;
  result.max_new_tokens = options.max_new_tokens;
  result.sampling = {options.temperature, options.top_p, options.top_k, options.seed};
  result.limits = limits_of(options);
  result.all_regions = truth(options.all_regions, "all_regions");
  if (const fo1_token_callback on_token = options.on_token) {
    result.on_token = [on_token, user = options.user](const std::string& text) {
      return action_of(on_token(user, text.c_str(), text.size()), "on_token");
    };
  }
  return result;
}

std::vector<std::string> texts_of(const char* const* texts, std::size_t count, const char* name) {
  check_array(texts, count, name);
  std::vector<std::string> result;
  for (std::size_t i = 0; i < count; ++i) {
    if (!texts[i]) refuse(std::string(name) + '[' + std::to_string(i) + "]: NULL");
    result.emplace_back(texts[i]);
  }
  return result;
}

std::vector<std::int64_t> indexes_of(const std::int64_t* values, std::size_t count,
                                     const char* name) {
  check_array(values, count, name);
  return {values, values + count};
}

}  // namespace fo1::capi

using fo1::capi::init_options;

extern "C" {

fo1_status fo1_pixels_init(fo1_pixels* pixels, size_t struct_size) {
  return init_options(pixels, struct_size);
}
fo1_status fo1_load_options_init(fo1_load_options* options, size_t struct_size) {
  return init_options(options, struct_size);
}
fo1_status fo1_propose_options_init(fo1_propose_options* options, size_t struct_size) {
  return init_options(options, struct_size);
}
fo1_status fo1_scene_options_init(fo1_scene_options* options, size_t struct_size) {
  return init_options(options, struct_size);
}
fo1_status fo1_ask_options_init(fo1_ask_options* options, size_t struct_size) {
  return init_options(options, struct_size);
}

}  // extern "C"
