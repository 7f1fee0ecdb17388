#include "task/config.h"

#include <nlohmann/json.hpp>

#include "task/support.h"

namespace fo1 {
namespace {

using test::error_of;
using testing::AllOf;
using testing::HasSubstr;

TaskConfig config_of(const std::string& text) {
  const Json json = parse_json(text, "config.json");
  return task_config_from(JsonView(json, "config.json: fo1_task"));
}

TEST(TaskConfig, MissingKeysKeepTheTrainedWording) {
  const TaskConfig config = config_of(R"({"wording": {"detect": "Find {}."}})");
  EXPECT_EQ(config.wording.detect, "Find {}.");
  EXPECT_EQ(config.wording.count, TaskWording{}.count);
  EXPECT_EQ(config.grammar.region_open, "<region");
}

TEST(TaskConfig, ReadsEveryKey) {
  const TaskConfig config = config_of(R"({
    "wording": {"detect": "d{}", "count": "n{}", "ocr": "o{}", "caption_brief": "b{}",
      "caption_detailed": "l{}", "describe": "w", "similar": "s{}", "reason": "r{}",
      "label_separator": "|", "region_separator": "+", "last_region_separator": "&",
      "ocr_regions_per_question": 1},
    "grammar": {"ground_open": "1", "ground_close": "2", "objects_open": "3", "objects_close": "4",
      "region_open": "<obj", "region_close": "]", "think_open": "5", "think_close": "6",
      "answer_open": "7", "answer_close": "8"}})");
  const auto& [wording, grammar] = config;
  EXPECT_EQ(wording.detect + wording.count + wording.ocr + wording.caption_brief, "d{}n{}o{}b{}");
  EXPECT_EQ(wording.caption_detailed + wording.describe + wording.similar + wording.reason,
            "l{}ws{}r{}");
  EXPECT_EQ(wording.label_separator + wording.region_separator + wording.last_region_separator,
            "|+&");
  EXPECT_EQ(wording.ocr_regions_per_question, 1);
  EXPECT_EQ(grammar.ground_open + grammar.ground_close + grammar.objects_open +
                grammar.objects_close + grammar.think_open + grammar.think_close +
                grammar.answer_open + grammar.answer_close,
            "12345678");
  EXPECT_EQ(grammar.region_name(7), "<obj7]");
}

TEST(TaskConfig, ReplacedWordingIsAsked) {
  const TaskConfig config =
      config_of(R"({"wording": {"similar": "Like {}?"}, "grammar": {"region_open": "<obj"}})");
  EXPECT_THAT(test::plan({"similar", {}, {4}}, 5, config), testing::ElementsAre("Like <obj4>?"));
}

TEST(TaskConfig, RefusesWhatCannotBeUsed) {
  const std::pair<const char*, const char*> refused[] = {
      {R"({"wording": {"detect": "Find it."}})", "wording: detect: expected a text with one {}"},
      {R"({"wording": {"detect": "{} or {}"}})", "wording: detect: expected a text with one {}"},
      {R"({"wording": {"describe": ""}})", "wording: describe: expected a text that is not empty"},
      {R"({"wording": {"detect": 3}})", "wording: detect: expected a string"},
      {R"({"wording": {"detekt": "{}"}})", "wording: expected only keys it knows, not detekt"},
      {R"({"wording": {"ocr_regions_per_question": -1}})",
       "wording: ocr_regions_per_question: expected 0 or more"},
      {R"({"grammar": {"region_open": ""}})", "grammar: region_open: expected a tag on one line"},
      {R"({"grammar": {"ground_open": "<\n>"}})",
       "grammar: ground_open: expected a tag on one line"},
      {R"({"words": {}})", "expected only the keys wording and grammar"},
      {R"([])", "expected an object"},
  };
  for (const auto& [text, message] : refused) {
    EXPECT_THAT(error_of(ErrorCode::kCorruptFile, [&] { config_of(text); }),
                AllOf(HasSubstr("config.json: fo1_task"), HasSubstr(message)));
  }
}

}  // namespace
}  // namespace fo1
