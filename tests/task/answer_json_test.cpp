// The JSON of each task, key by key and in order.
#include <nlohmann/json.hpp>

#include "task/support.h"

namespace fo1 {
namespace {

using nlohmann::ordered_json;
using test::read;
using test::said;

// What the pipeline adds to every answer.
Answer run_by_pipeline(Answer answer) {
  answer.image_path = "a.png";
  answer.image_width = 64;
  answer.image_height = 48;
  answer.proposal_source = "given";
  answer.proposal_count = 3;
  answer.prompt = "P";
  answer.tokens = {16, 3, 20, 9};
  answer.timings_ms = {{"prefill", 1.5}, {"generate", 2.25}};
  return answer;
}

// The keys common to all tasks around those of one.
ordered_json expected_json(const std::string& question, const std::string& text,
                           const std::string& result) {
  return ordered_json::parse(R"({"schema": 1, )" + question + R"(,
    "image": {"path": "a.png", "width": 64, "height": 48},
    "proposals": {"source": "given", "count": 3}, "prompt": "P", "text": )" +
                             ordered_json(text).dump() + ", " + result + R"(, "dropped": [],
    "finish": "stop", "tokens": {"image": 16, "region": 3, "text": 20, "generated": 9},
    "timings_ms": {"prefill": 1.5, "generate": 2.25}})");
}

void expect_json(const Question& question, const std::string& text, const std::string& asked,
                 const std::string& result) {
  std::vector<Region> regions = test::offered_regions(3);
  regions[1].score = 0.5;
  const Answer answer = run_by_pipeline(read(question, regions, {said(text)}));
  // dump() and not ==: two ordered objects are equal in any order.
  EXPECT_EQ(ordered_json::parse(answer.to_json()).dump(2),
            expected_json(asked, text, result).dump(2));
}

const char kCats[] = "<ground>cat</ground><objects><region1><region0></objects>";
const std::string kCatBoxes = R"("detections": [
  {"label": "cat", "region": 1, "box": [10.0, 1.0, 18.0, 5.0], "score": 0.5, "confidence": 1.0,
   "proposal_score": 0.5},
  {"label": "cat", "region": 0, "box": [0.0, 1.0, 8.0, 5.0], "score": 1.0, "confidence": 1.0}])";

TEST(AnswerJson, DetectAndGround) {
  expect_json({"detect", {"cat", "dog"}, {}}, kCats, R"("task": "detect", "query": ["cat", "dog"])",
              kCatBoxes + R"(, "regions": [1, 0])");
  expect_json({"ground", {"cat"}, {}}, kCats, R"("task": "ground", "query": ["cat"])",
              kCatBoxes + R"(, "regions": [1, 0])");
  expect_json({"detect", {"owl"}, {}}, "No owl.", R"("task": "detect", "query": ["owl"])",
              R"("detections": [], "regions": [])");
}

TEST(AnswerJson, Similar) {
  expect_json({"similar", {}, {2}}, kCats, R"("task": "similar")",
              kCatBoxes + R"(, "regions": [1, 0])");
}

TEST(AnswerJson, Count) {
  expect_json({"count", {"cat"}, {}}, kCats + std::string(" 2"),
              R"("task": "count", "query": ["cat"])",
              kCatBoxes + R"(, "count": 2, "regions": [1, 0])");
  expect_json({"count", {"cat"}, {}}, "none", R"("task": "count", "query": ["cat"])",
              R"("detections": [], "regions": [])");
}

TEST(AnswerJson, OcrAndCaption) {
  expect_json({"ocr", {}, {1}}, "EXIT", R"("task": "ocr")",
              R"("texts": [{"region": 1, "text": "EXIT"}])");
  expect_json({"ocr", {}, {}}, "?", R"("task": "ocr")", R"("texts": [])");
  expect_json({"caption", {"detailed"}, {2}}, "a cat",
              R"("task": "caption", "query": ["detailed"])",
              R"("texts": [{"region": 2, "text": "a cat"}])");
}

TEST(AnswerJson, Describe) {
  expect_json({"describe", {}, {}}, std::string("A ") + kCats + ".", R"("task": "describe")",
              kCatBoxes +
                  R"(, "regions": [1, 0], "spans": [{"text": "cat", "regions": [1, 0]}],
                     "answer": "A cat.")");
}

TEST(AnswerJson, Reason) {
  expect_json({"reason", {"Why?"}, {}}, "<think>See <region2>.</think><answer>So.</answer>",
              R"("task": "reason", "query": ["Why?"])",
              R"("detections": [], "regions": [2], "spans": [{"text": "<region2>", "regions": [2]}],
                 "reasoning": "See <region2>.", "answer": "So.")");
  expect_json({"reason", {"Why?"}, {}}, "<think>Hm", R"("task": "reason", "query": ["Why?"])",
              R"("detections": [], "regions": [], "spans": [], "reasoning": "Hm")");
}

TEST(AnswerJson, Ask) {
  expect_json({"ask", {"Is it?"}, {}}, "yes", R"("task": "ask", "query": ["Is it?"])",
              R"("detections": [], "regions": [], "spans": [], "answer": "yes")");
}

TEST(AnswerJson, WhatIsUnknownIsAbsent) {
  Answer answer;
  answer.task = "ocr";
  answer.finish = FinishReason::kDeadline;
  answer.dropped = {{120, "not offered"}};
  EXPECT_EQ(answer.to_json(),
            R"({"schema":1,"task":"ocr","image":{"width":0,"height":0},"prompt":"","text":"",)"
            R"("texts":[],"dropped":[{"region":120,"reason":"not offered"}],"finish":"deadline",)"
            R"("tokens":{"image":0,"region":0,"text":0,"generated":0},"timings_ms":{}})");
}

TEST(AnswerJson, AnUnknownTaskShowsWhatIsFilled) {
  Answer answer;
  answer.task = "mine";
  answer.texts = {{0, "x"}};
  const auto json = nlohmann::json::parse(answer.to_json());
  EXPECT_TRUE(json.contains("texts"));
  EXPECT_FALSE(json.contains("detections"));
  EXPECT_FALSE(json.contains("spans"));
}

TEST(AnswerJson, IsUtf8WhateverTheModelWrote) {
  Answer answer;
  answer.text = "a\xff\"\n猫";
  const std::string json = answer.to_json();
  EXPECT_THAT(json, testing::HasSubstr("a\xef\xbf\xbd\\\"\\n猫"));
  EXPECT_EQ(json.find('\n'), std::string::npos);
  EXPECT_THAT(answer.to_json(2), testing::HasSubstr("{\n  \"schema\": 1,\n"));
}

TEST(FinishReason, HasAName) {
  EXPECT_STREQ(finish_reason_name(FinishReason::kStop), "stop");
  EXPECT_STREQ(finish_reason_name(FinishReason::kLength), "length");
  EXPECT_STREQ(finish_reason_name(FinishReason::kDeadline), "deadline");
  EXPECT_STREQ(finish_reason_name(FinishReason::kCancelled), "cancelled");
}

}  // namespace
}  // namespace fo1
