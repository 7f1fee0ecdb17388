// The JSON form of an answer, schema 1. Keys keep the order written here.
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "fo1/answer.h"
#include "task/task.h"

namespace fo1 {

const char* finish_reason_name(FinishReason reason) noexcept {
  switch (reason) {
    case FinishReason::kStop: return "stop";
    case FinishReason::kLength: return "length";
    case FinishReason::kDeadline: return "deadline";
    case FinishReason::kCancelled: return "cancelled";
  }
  return "stop";
}

namespace {

using OrderedJson = nlohmann::ordered_json;

OrderedJson json_of(const Detection& detection) {
  const Box& box = detection.box;
  OrderedJson json = {{"label", detection.label},
                      {"region", detection.region},
                      {"box", {box.x1, box.y1, box.x2, box.y2}},
                      {"score", detection.score},
                      {"confidence", detection.confidence}};
  if (detection.proposal_score) json["proposal_score"] = *detection.proposal_score;
  return json;
}

OrderedJson json_of(const RegionText& text) {
  return {{"region", text.region}, {"text", text.text}};
}

OrderedJson json_of(const Span& span) {
  return {{"text", span.text}, {"regions", span.regions}};
}

OrderedJson json_of(const DroppedRegion& dropped) {
  return {{"region", dropped.region}, {"reason", dropped.reason}};
}

OrderedJson json_of(std::int64_t region) {
  return region;
}

template <class T>
OrderedJson list_of(const std::vector<T>& values) {
  OrderedJson json = OrderedJson::array();
  for (const T& value : values) json.push_back(json_of(value));
  return json;
}

// What is particular to the task: its parts always, others only if somebody filled them.
class ResultKeys {
 public:
  ResultKeys(const std::string& task, OrderedJson& json) : json_(json) {
    for (const Task& row : all_tasks()) {
      if (row.name == task) parts_ = row.results;
    }
    if (task == conversation_task().name) parts_ = conversation_task().results;
  }

  template <class T>
  void add(ResultPart part, const char* key, const std::vector<T>& values) {
    if ((parts_ & part) || !values.empty()) json_[key] = list_of(values);
  }

 private:
  OrderedJson& json_;
  unsigned parts_ = 0;
};

template <class T>
void add_if_set(OrderedJson& json, const char* key, const std::optional<T>& value) {
  if (value) json[key] = *value;
}

void add_question(const Answer& answer, OrderedJson& json) {
  json["task"] = answer.task;
  if (!answer.query.empty()) json["query"] = answer.query;
  OrderedJson& image = json["image"];
  if (!answer.image_path.empty()) image["path"] = answer.image_path;
  image["width"] = answer.image_width;
  image["height"] = answer.image_height;
  if (!answer.proposal_source.empty()) {
    json["proposals"] = {{"source", answer.proposal_source}, {"count", answer.proposal_count}};
  }
}

void add_result(const Answer& answer, OrderedJson& json) {
  ResultKeys keys(answer.task, json);
  keys.add(kDetections, "detections", answer.detections);
  add_if_set(json, "count", answer.count);
  keys.add(kRegions, "regions", answer.regions);
  keys.add(kTexts, "texts", answer.texts);
  keys.add(kSpans, "spans", answer.spans);
  add_if_set(json, "reasoning", answer.reasoning);
  add_if_set(json, "answer", answer.answer);
  json["dropped"] = list_of(answer.dropped);
}

void add_run(const Answer& answer, OrderedJson& json) {
  json["finish"] = finish_reason_name(answer.finish);
  json["tokens"] = {{"image", answer.tokens.image},
                    {"region", answer.tokens.region},
                    {"text", answer.tokens.text},
                    {"generated", answer.tokens.generated}};
  OrderedJson& timings = json["timings_ms"] = OrderedJson::object();
  for (const auto& [stage, milliseconds] : answer.timings_ms) timings[stage] = milliseconds;
}

}  // namespace

std::string Answer::to_json(int indent) const {
  OrderedJson json = {{"schema", 1}};
  add_question(*this, json);
  json["prompt"] = prompt;
  json["text"] = text;
  add_result(*this, json);
  add_run(*this, json);
  // A model can write bytes that are not UTF-8: they become U+FFFD.
  return json.dump(indent, ' ', false, OrderedJson::error_handler_t::replace);
}

}  // namespace fo1
