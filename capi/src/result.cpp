#include <limits>

#include "capi/src/handles.h"
#include "capi/src/structs.h"

namespace fo1::capi {

template <>
struct StructOf<fo1_detection> {
  static constexpr const char* name = "fo1_detection";
  static constexpr std::size_t smallest = offsetof(fo1_detection, confidence);
};
template <>
struct StructOf<fo1_region_text> {
  static constexpr const char* name = "fo1_region_text";
  static constexpr std::size_t smallest = sizeof(fo1_region_text);
};
template <>
struct StructOf<fo1_span> {
  static constexpr const char* name = "fo1_span";
  static constexpr std::size_t smallest = sizeof(fo1_span);
};
template <>
struct StructOf<fo1_dropped> {
  static constexpr const char* name = "fo1_dropped";
  static constexpr std::size_t smallest = sizeof(fo1_dropped);
};
template <>
struct StructOf<fo1_token_counts> {
  static constexpr const char* name = "fo1_token_counts";
  static constexpr std::size_t smallest = sizeof(fo1_token_counts);
};

namespace {

fo1_detection view_of(const Detection& detection) {
  fo1_detection view{};
  view.label = detection.label.c_str();
  view.region = detection.region;
  view.box[0] = detection.box.x1;
  view.box[1] = detection.box.y1;
  view.box[2] = detection.box.x2;
  view.box[3] = detection.box.y2;
  view.score = detection.score;
  view.confidence = detection.confidence;
  view.proposal_score = detection.proposal_score.value_or(std::numeric_limits<double>::quiet_NaN());
  return view;
}

fo1_region_text view_of(const RegionText& text) {
  fo1_region_text view{};
  view.region = text.region;
  view.text = text.text.c_str();
  return view;
}

fo1_span view_of(const Span& span) {
  fo1_span view{};
  view.text = span.text.c_str();
  view.regions = span.regions.data();
  view.region_count = span.regions.size();
  return view;
}

fo1_dropped view_of(const DroppedRegion& dropped) {
  fo1_dropped view{};
  view.region = dropped.region;
  view.reason = dropped.reason.c_str();
  return view;
}

fo1_token_counts view_of(const TokenCounts& counts) {
  fo1_token_counts view{};
  view.image = counts.image;
  view.region = counts.region;
  view.text = counts.text;
  view.generated = counts.generated;
  return view;
}

// Body of the getters of one text: `part` picks it from the result; null: absent.
const char* text_of(const fo1_result* result, const auto& part) noexcept {
  return value_or(static_cast<const char*>(nullptr),
                  [&]() -> const char* { return part(*object_of(result)); });
}

const char* text_or_null(const std::optional<std::string>& text) {
  return text ? text->c_str() : nullptr;
}

// Bodies of the getters of a list in the answer.
template <class T>
size_t count_of(const fo1_result* result, std::vector<T> Answer::*list) noexcept {
  return value_or(size_t{0}, [&] { return (object_of(result)->answer.*list).size(); });
}

template <class View, class T>
fo1_status get(View* out, const fo1_result* result, std::vector<T> Answer::*list, size_t index,
               const char* name) noexcept {
  return guard(
      [&] { write_struct(out, view_of(item(object_of(result)->answer.*list, index, name))); });
}

}  // namespace
}  // namespace fo1::capi

using namespace fo1;
using namespace fo1::capi;

extern "C" {

const char* fo1_result_json(const fo1_result* result) {
  return text_of(result, [](const ResultObject& object) { return object.json.c_str(); });
}

const char* fo1_result_task(const fo1_result* result) {
  return text_of(result, [](const ResultObject& object) { return object.answer.task.c_str(); });
}

const char* fo1_result_text(const fo1_result* result) {
  return text_of(result, [](const ResultObject& object) { return object.answer.text.c_str(); });
}

const char* fo1_result_prompt(const fo1_result* result) {
  return text_of(result, [](const ResultObject& object) { return object.answer.prompt.c_str(); });
}

const char* fo1_result_reasoning(const fo1_result* result) {
  return text_of(result,
                 [](const ResultObject& object) { return text_or_null(object.answer.reasoning); });
}

const char* fo1_result_answer(const fo1_result* result) {
  return text_of(result,
                 [](const ResultObject& object) { return text_or_null(object.answer.answer); });
}

int32_t fo1_result_finish(const fo1_result* result) {
  return value_or(int32_t{0},
                  [&] { return static_cast<int32_t>(object_of(result)->answer.finish); });
}

size_t fo1_result_detection_count(const fo1_result* result) {
  return count_of(result, &Answer::detections);
}

fo1_status fo1_result_detection(fo1_detection* out, const fo1_result* result, size_t index) {
  return get(out, result, &Answer::detections, index, "detections");
}

fo1_status fo1_result_count(int64_t* out, const fo1_result* result) {
  return guard([&] {
    const auto& answer = object_of(result)->answer;
    required(out, "out");
    if (!answer.count) throw Error(ErrorCode::kNotFound, answer.task + ": no number was said");
    *out = *answer.count;
  });
}

size_t fo1_result_region_count(const fo1_result* result) {
  return count_of(result, &Answer::regions);
}

const int64_t* fo1_result_regions(const fo1_result* result) {
  return value_or(static_cast<const int64_t*>(nullptr),
                  [&] { return object_of(result)->answer.regions.data(); });
}

size_t fo1_result_region_text_count(const fo1_result* result) {
  return count_of(result, &Answer::texts);
}

fo1_status fo1_result_region_text(fo1_region_text* out, const fo1_result* result, size_t index) {
  return get(out, result, &Answer::texts, index, "texts");
}

size_t fo1_result_span_count(const fo1_result* result) {
  return count_of(result, &Answer::spans);
}

fo1_status fo1_result_span(fo1_span* out, const fo1_result* result, size_t index) {
  return get(out, result, &Answer::spans, index, "spans");
}

size_t fo1_result_dropped_count(const fo1_result* result) {
  return count_of(result, &Answer::dropped);
}

fo1_status fo1_result_dropped(fo1_dropped* out, const fo1_result* result, size_t index) {
  return get(out, result, &Answer::dropped, index, "dropped");
}

fo1_status fo1_result_tokens(fo1_token_counts* out, const fo1_result* result) {
  return guard([&] { write_struct(out, view_of(object_of(result)->answer.tokens)); });
}

size_t fo1_result_timing_count(const fo1_result* result) {
  return count_of(result, &Answer::timings_ms);
}

const char* fo1_result_timing_stage(const fo1_result* result, size_t index) {
  return text_of(result, [&](const ResultObject& object) {
    return item(object.answer.timings_ms, index, "timings").first.c_str();
  });
}

double fo1_result_timing_ms(const fo1_result* result, size_t index) {
  return value_or(
      0.0, [&] { return item(object_of(result)->answer.timings_ms, index, "timings").second; });
}

fo1_status fo1_result_draw(const fo1_result* result, const fo1_image* image,
                           const fo1_regions* regions, const char* path) {
  return guard([&] {
    const auto object = object_of(result);
    const auto picture = object_of(image);
    std::vector<Region> offered;
    if (regions) offered = LockedObject(regions)->proposals.regions;
    draw_answer(*picture, object->answer, offered, required(path, "path"));
  });
}

void fo1_result_free(fo1_result* result) {
  release(result);
}

}  // extern "C"
