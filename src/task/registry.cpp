#include "base/error.h"
#include "task/rows.h"
#include "task/task.h"

namespace fo1 {
namespace {

constexpr Arity kNone{0, 0}, kOne{1, 1}, kOptional{0, 1}, kSome{1, kAnyNumber}, kAny{0, kAnyNumber};
constexpr unsigned kBoxes = kDetections | kRegions;
constexpr unsigned kProse = kDetections | kRegions | kSpans;

// A new task is one row here and its functions in rows.h.
const Task kTasks[] = {
    // name, help, needs regions, queries, regions, results, by passes, plan, read
    {"detect", "boxes of everything with one of the given names", true, kSome, kNone, kBoxes, true,
     plan_detect, read_detections},
    {"ground", "the box that a phrase means", true, kOne, kNone, kBoxes, true, plan_detect,
     read_detections},
    {"count", "how many there are, and where", true, kOne, kNone, kBoxes, true, plan_count,
     read_count},
    {"ocr", "the text in regions", true, kNone, kAny, kTexts, true, plan_ocr, read_region_texts},
    {"caption", "a brief or detailed description of regions", true, kOptional, kAny, kTexts, true,
     plan_caption, read_region_texts},
    {"describe", "a description of the image that points at what it mentions", true, kNone, kNone,
     kProse, false, plan_describe, read_prose},
    {"similar", "other objects of the same kind as a region", true, kNone, kOne, kBoxes, false,
     plan_similar, read_similar},
    {"reason", "a question answered with reasoning that points at regions", true, kOne, kNone,
     kProse, false, plan_reason, read_reason},
    {"ask", "any question in your own words", false, kOne, kNone, kProse, false, plan_ask,
     read_prose},
};

const Task kConversation = {
    "chat",    "a conversation of several turns", false, kNone, kNone, kProse, false, nullptr,
    read_prose};

}  // namespace

std::span<const Task> all_tasks() {
  return kTasks;
}

const Task& conversation_task() {
  return kConversation;
}

const Task& find_task(std::string_view name) {
  std::string known;
  for (const Task& task : kTasks) {
    if (task.name == name) return task;
    known += known.empty() ? "" : ", ";
    known += task.name;
  }
  fail(ErrorCode::kInvalidArgument, "unknown task ", quoted(std::string(name)), "; the tasks are ",
       known);
}

}  // namespace fo1
