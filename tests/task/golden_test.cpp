// The recorded answers and questions of the reference implementation.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/json.h"
#include "support/data.h"
#include "task/region_names.h"
#include "task/support.h"

namespace fo1 {
namespace {

using test::data_path;

// label -> ascending indexes; labels in the order written.
using Expected = std::vector<std::pair<std::string, std::vector<std::int64_t>>>;

Expected expected_of(const JsonView& list, const char* indexes) {
  Expected expected;
  for (std::size_t i = 0; i < list.size(); ++i) {
    expected.emplace_back(list.at(i).get<std::string>("label"),
                          list.at(i).get<std::vector<std::int64_t>>(indexes));
  }
  return expected;
}

// What was found, dropped indexes put back: the reference does not know what was offered.
Expected found_in(const std::string& text, const AnswerGrammar& grammar) {
  Expected found;
  const std::size_t everything = INT64_MAX;
  for (const Grounding& grounding : parse_answer({text, {}}, everything, grammar).groundings) {
    std::vector<std::int64_t> indexes = test::indexes(grounding);
    std::sort(indexes.begin(), indexes.end());
    found.emplace_back(grounding.label, std::move(indexes));
  }
  return found;
}

std::vector<Region> regions_from(const JsonView& boxes) {
  std::vector<Region> regions;
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const auto box = boxes.at(i).get<std::vector<double>>();
    regions.push_back({{box.at(0), box.at(1), box.at(2), box.at(3)}, std::nullopt, ""});
  }
  return regions;
}

void expect_boxes(const std::vector<Detection>& detections, const std::vector<Region>& regions) {
  for (const Detection& detection : detections) {
    const Box& offered = regions.at(static_cast<std::size_t>(detection.region)).box;
    EXPECT_EQ(detection.box.x1, offered.x1);
    EXPECT_EQ(detection.box.y1, offered.y1);
    EXPECT_EQ(detection.box.x2, offered.x2);
    EXPECT_EQ(detection.box.y2, offered.y2);
  }
}

// Every named index is either a detection of its label or reported as dropped.
void expect_all_accounted_for(const std::string& text, const Expected& expected,
                              const std::vector<Region>& regions) {
  const Answer answer = test::read({"detect", {"x"}, {}}, regions, {test::said(text)});
  std::set<std::pair<std::string, std::int64_t>> wanted, got;
  std::set<std::int64_t> lost, reported;
  for (const auto& [label, indexes] : expected) {
    for (const std::int64_t index : indexes) {
      if (index < static_cast<std::int64_t>(regions.size())) {
        wanted.emplace(label, index);
      } else {
        lost.insert(index);
      }
    }
  }
  for (const Detection& detection : answer.detections) {
    got.emplace(detection.label, detection.region);
  }
  for (const DroppedRegion& dropped : answer.dropped) reported.insert(dropped.region);
  EXPECT_EQ(got, wanted);
  EXPECT_TRUE(std::includes(reported.begin(), reported.end(), lost.begin(), lost.end()));
  EXPECT_EQ(got.size(), answer.detections.size());
  expect_boxes(answer.detections, regions);
}

TEST(GoldenAnswers, GroundingsMatch) {
  const Json json = load_json(data_path("parity/text/answers.json"));
  const JsonView entries = JsonView(json, "answers").at("grounding");
  ASSERT_GT(entries.size(), 0u);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const JsonView entry = entries.at(i);
    const auto text = entry.get<std::string>("text");
    SCOPED_TRACE(text);
    const Expected expected = expected_of(entry.at("indexes"), "sorted");
    EXPECT_EQ(found_in(text, {}), expected);
    const std::vector<Region> regions = regions_from(entry.at("boxes"));
    expect_all_accounted_for(text, expected, regions);
    if (entry.has("error")) {  // the reference fails where we drop and report
      EXPECT_FALSE(parse_answer(test::said(text), regions.size(), {}).dropped.empty());
    }
  }
}

TEST(GoldenAnswers, CountsMatch) {
  const Json json = load_json(data_path("parity/text/answers.json"));
  const JsonView entries = JsonView(json, "answers").at("count");
  ASSERT_GT(entries.size(), 0u);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto text = entries.at(i).get<std::string>("text");
    // The reference says 0 where there is no number.
    EXPECT_EQ(first_number(text, {}).value_or(0), entries.at(i).get<std::int64_t>("count")) << text;
  }
}

std::vector<Json> golden_cases() {
  const Json index = load_json(data_path("parity/cases/index.json"));
  const JsonView entries(index, "index");
  std::vector<Json> cases;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    cases.push_back(load_json(data_path("parity/" + entries.at(i).get<std::string>("case"))));
  }
  return cases;
}

std::string without_end(std::string text) {
  const std::string end = "<|im_end|>";
  if (text.ends_with(end)) text.resize(text.size() - end.size());
  return text;
}

TEST(GoldenCases, ParsedAnswersMatch) {
  const std::vector<Json> cases = golden_cases();
  ASSERT_FALSE(cases.empty());
  for (const Json& json : cases) {
    const JsonView golden(json, "case");
    SCOPED_TRACE(golden.get<std::string>("name"));
    const std::string text = without_end(golden.get<std::string>("text"));
    const JsonView parsed = golden.at("parsed");
    const Expected expected = expected_of(parsed, "indexes_sorted");
    EXPECT_EQ(found_in(text, {}), expected);
    const std::vector<Region> regions = regions_from(golden.at("boxes"));
    for (std::size_t i = 0; i < parsed.size(); ++i) {
      const std::vector<Region> boxes = regions_from(parsed.at(i).at("boxes_sorted_by_index"));
      ASSERT_EQ(boxes.size(), expected[i].second.size());
      for (std::size_t k = 0; k < boxes.size(); ++k) {
        EXPECT_EQ(boxes[k].box.x1, regions.at(expected[i].second[k]).box.x1);
      }
    }
    if (!regions.empty()) expect_all_accounted_for(text, expected, regions);
  }
}

// How to find the subject in a recorded question: between two marks.
struct Recorded {
  const char* task;
  const char* query;  // given besides the subject
  const char* before;
  const char* behind;
};
const Recorded kRecorded[] = {
    {"detect", "", "Please detect ", " in this image"},
    {"count", "", "How many ", " are there in"},
    {"ocr", "", "Please provide the ocr results of ", " in the"},
    {"caption", "brief", "Provide a brief description for ", "."},
    {"caption", "detailed", "Provide a detailed description for ", "."},
    {"describe", "", "Briefly describe this image", ""},
    {"similar", "", "Using the provided object ", " as"},
    {"reason", "", "better. ", ""},
};

Question question_of(const Recorded& recorded, const std::string& text) {
  const std::size_t begin = text.find(recorded.before) + std::string(recorded.before).size();
  const std::string behind = recorded.behind;
  const std::size_t end = behind.empty() ? text.size() : text.find(behind, begin);
  const std::string subject = text.substr(begin, end - begin);
  Question question{recorded.task, {}, {}};
  const Task& task = find_task(recorded.task);
  if (*recorded.query) question.query = {recorded.query};
  if (task.queries.least > 0) question.query = {subject};
  if (task.regions.most > 0) {
    for (const auto& name : find_region_names(subject, {0, subject.size()}, {})) {
      question.regions.push_back(name.index);
    }
  }
  return question;
}

// Text of the last text part of the last message.
std::string question_text(const JsonView& messages) {
  const JsonView content = messages.at(messages.size() - 1).at("content");
  if (content.is_string()) return content.get<std::string>();
  std::string text;
  for (std::size_t i = 0; i < content.size(); ++i) {
    if (content.at(i).has("text")) text = content.at(i).get<std::string>("text");
  }
  return text;
}

// Returns the task whose wording the text is, checked to the letter, or "".
std::string check_wording(const std::string& text) {
  for (const Recorded& recorded : kRecorded) {
    if (text.find(recorded.before) == std::string::npos) continue;
    const std::vector<std::string> planned = test::plan(question_of(recorded, text), 100);
    EXPECT_THAT(planned, testing::ElementsAre(text));
    return recorded.task;
  }
  return "";
}

TEST(GoldenCases, QuestionsAreWordedToTheLetter) {
  std::map<std::string, int> seen;
  for (const Json& golden : golden_cases()) {
    ++seen[check_wording(question_text(JsonView(golden, "case").at("messages")))];
  }
  seen.erase("");
  EXPECT_FALSE(seen.empty());
}

TEST(GoldenPrompts, QuestionsAreWordedToTheLetter) {
  const Json prompts = load_json(data_path("parity/text/prompts.json"));
  const JsonView entries(prompts, "prompts");
  std::map<std::string, int> seen;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    ++seen[check_wording(question_text(entries.at(i).at("messages")))];
  }
  seen.erase("");
  EXPECT_FALSE(seen.empty());
}

}  // namespace
}  // namespace fo1
