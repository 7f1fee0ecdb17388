// What each task makes of the model's words.
#include "task/support.h"

namespace fo1 {
namespace {

using test::offered_regions;
using test::read;
using test::said;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::pair<std::string, std::int64_t>> labelled(const Answer& answer) {
  std::vector<std::pair<std::string, std::int64_t>> pairs;
  for (const Detection& detection : answer.detections) {
    pairs.emplace_back(detection.label, detection.region);
  }
  return pairs;
}

std::vector<std::pair<std::int64_t, std::string>> texts(const Answer& answer) {
  std::vector<std::pair<std::int64_t, std::string>> pairs;
  for (const RegionText& text : answer.texts) pairs.emplace_back(text.region, text.text);
  return pairs;
}

using Labelled = std::pair<std::string, std::int64_t>;
using Worded = std::pair<std::int64_t, std::string>;

TEST(ReadDetect, DetectionsKeepTheOrderOfTheWords) {
  const Answer answer = read({"detect", {"a", "b"}, {}}, 8,
                             "<ground>a</ground><objects><region5><region1></objects>\n"
                             "<ground>b</ground><objects><region1><region9></objects>\n"
                             "<ground>a</ground><objects><region0><region5></objects>");
  EXPECT_THAT(labelled(answer),
              ElementsAre(Labelled{"a", 5}, Labelled{"a", 1}, Labelled{"b", 1}, Labelled{"a", 0}));
  EXPECT_THAT(answer.regions, ElementsAre(5, 1, 0));
  ASSERT_EQ(answer.dropped.size(), 1u);
  EXPECT_EQ(answer.dropped[0].region, 9);
  EXPECT_EQ(answer.answer, std::nullopt);
}

TEST(ReadDetect, ScoreIsConfidenceTimesProposalScore) {
  std::vector<Region> regions = offered_regions(2);
  regions[1].score = 0.5;
  const std::string head = "<ground>a</ground><objects>";
  GeneratedText text = said(head + "<region0><region1></objects>");
  text.pieces = {{0, head.size(), 0.1},
                 {head.size(), head.size() + 9, 0.75},
                 {head.size() + 9, head.size() + 18, 0.5}};
  const Answer answer = read({"ground", {"a"}, {}}, regions, {text});
  ASSERT_EQ(answer.detections.size(), 2u);
  EXPECT_EQ(answer.detections[0].confidence, 0.75);
  EXPECT_EQ(answer.detections[0].proposal_score, std::nullopt);
  EXPECT_EQ(answer.detections[0].score, 0.75);
  EXPECT_EQ(answer.detections[1].confidence, 0.5);
  EXPECT_EQ(answer.detections[1].proposal_score, 0.5);
  EXPECT_EQ(answer.detections[1].score, 0.25);
  EXPECT_EQ(answer.detections[1].box.x1, 10);
  EXPECT_EQ(answer.detections[1].box.x2, 18);
}

TEST(ReadDetect, NothingFoundIsEmpty) {
  const Answer answer = read({"detect", {"star"}, {}}, 3, "There is no star in this image.");
  EXPECT_THAT(answer.detections, IsEmpty());
  EXPECT_EQ(answer.text, "There is no star in this image.");
}

TEST(ReadSimilar, TheReferenceIsNotAmongTheOthers) {
  const Answer answer =
      read({"similar", {}, {3}}, 6, "<ground>object</ground><objects><region3><region5></objects>");
  EXPECT_THAT(labelled(answer), ElementsAre(Labelled{"object", 5}));
  EXPECT_THAT(answer.regions, ElementsAre(5));
  EXPECT_THAT(answer.text, testing::HasSubstr("<region3>"));
}

TEST(ReadCount, TheNumberStandsBesideTheRegions) {
  const Answer answer = read({"count", {"cats"}, {}}, 8,
                             "<ground>cats</ground><objects><region3><region7></objects>\n"
                             "There are 4 cats in this image.");
  EXPECT_EQ(answer.count, 4);
  EXPECT_THAT(answer.regions, ElementsAre(3, 7));
  EXPECT_EQ(answer.detections.size(), 2u);
}

TEST(ReadCount, NoNumberIsAbsent) {
  EXPECT_EQ(read({"count", {"cats"}, {}}, 8, "There are none.").count, std::nullopt);
  EXPECT_EQ(read({"count", {"cats"}, {}}, 8, "There are 0 cats.").count, 0);
}

TEST(ReadOcr, OneRegionIsAllTheText) {
  const Answer answer = read({"ocr", {}, {1}}, 3, " Cafe No.9\nopen ");
  EXPECT_THAT(texts(answer), ElementsAre(Worded{1, "Cafe No.9\nopen"}));
}

TEST(ReadOcr, SeveralRegionsAreAList) {
  const Answer answer =
      read({"ocr", {}, {0, 2}}, 3,
           "<region0>: OPEN <region1>: 24\nhours\n<region2>: push door\n<region7>: x");
  EXPECT_THAT(texts(answer),
              ElementsAre(Worded{0, "OPEN <region1>: 24\nhours"}, Worded{2, "push door"}));
  ASSERT_EQ(answer.dropped.size(), 1u);
  EXPECT_EQ(answer.dropped[0].region, 7);
}

TEST(ReadOcr, AListOfOneIsAListToo) {
  EXPECT_THAT(texts(read({"ocr", {}, {2}}, 3, "<region2>: EXIT")), ElementsAre(Worded{2, "EXIT"}));
}

TEST(ReadOcr, WordsThatNameNoRegionAreNotGuessedAt) {
  const Answer answer = read({"ocr", {}, {0, 2}}, 3, "OPEN 24\npush door");
  EXPECT_THAT(answer.texts, IsEmpty());
  EXPECT_EQ(answer.text, "OPEN 24\npush door");
}

TEST(ReadCaption, RepliesAreMergedInOrder) {
  const Answer answer = read({"caption", {}, {2, 0}}, offered_regions(3),
                             {said("a cat"), said("<region0> is a <region8>")});
  EXPECT_THAT(texts(answer),
              ElementsAre(Worded{2, "a cat"}, Worded{0, "<region0> is a <region8>"}));
  EXPECT_EQ(answer.text, "a cat\n<region0> is a <region8>");
  ASSERT_EQ(answer.dropped.size(), 1u);
  EXPECT_EQ(answer.dropped[0].region, 8);
}

TEST(ReadCaption, ADroppedRegionIsReportedOnceForAllReplies) {
  const Answer answer = read({"caption", {}, {}}, offered_regions(2),
                             {said("<region8>"), said("<region8> <region9>")});
  EXPECT_EQ(answer.dropped.size(), 2u);
}

TEST(ReadDescribe, SpansTieWordsToRegions) {
  const Answer answer = read({"describe", {}, {}}, 4,
                             "It shows <ground> a cat </ground><objects><region2></objects> and "
                             "<ground>two dogs</ground><objects><region0><region1></objects>.");
  EXPECT_EQ(answer.answer, "It shows a cat and two dogs.");
  ASSERT_EQ(answer.spans.size(), 2u);
  EXPECT_EQ(answer.spans[0].text, "a cat");
  EXPECT_THAT(answer.spans[0].regions, ElementsAre(2));
  EXPECT_EQ(answer.spans[1].text, "two dogs");
  EXPECT_THAT(answer.spans[1].regions, ElementsAre(0, 1));
  EXPECT_EQ(answer.detections.size(), 3u);
}

TEST(ReadReason, SplitsReasoningAndAnswer) {
  const Answer answer = read({"reason", {"Which?"}, {}}, 4,
                             "<think> I compare: <region0> is blue. </think><answer> <region0> "
                             "</answer>");
  EXPECT_EQ(answer.reasoning, "I compare: <region0> is blue.");
  EXPECT_EQ(answer.answer, "<region0>");
  ASSERT_EQ(answer.spans.size(), 2u);
  EXPECT_THAT(answer.spans[1].regions, ElementsAre(0));
}

TEST(ReadReason, ToleratesMissingTags) {
  struct Row {
    const char* text;
    std::optional<std::string> reasoning, answer;
  };
  const Row rows[] = {
      {"<think>r</think><answer>a", "r", "a"},
      {"<think>r</think>a", "r", "a"},
      {"<think>r<answer>a</answer>", "r", "a"},
      {"<think>r", "r", std::nullopt},
      {"r</think><answer>a</answer>tail", "r", "a"},
      {"<answer>a</answer>", std::nullopt, "a"},
      {"a", std::nullopt, "a"},
      {"a</answer>", std::nullopt, "a"},
      {"", std::nullopt, std::nullopt},
      {"<think></think><answer></answer>", std::nullopt, std::nullopt},
      {"</answer></think><think><answer>", "</answer>", std::nullopt},
  };
  for (const Row& row : rows) {
    const Answer answer = read({"reason", {"?"}, {}}, 1, row.text);
    EXPECT_EQ(answer.reasoning, row.reasoning) << row.text;
    EXPECT_EQ(answer.answer, row.answer) << row.text;
  }
}

TEST(ReadAsk, AnswersInPlainWords) {
  const Answer answer = read({"ask", {"?"}, {}}, 0, " yes \n");
  EXPECT_EQ(answer.answer, "yes");
  EXPECT_THAT(answer.spans, IsEmpty());
}

TEST(ReadConversation, ReadsGroundingsAndWords) {
  const std::vector<Region> regions = offered_regions(2);
  const TaskConfig config;
  Answer answer;
  read_reply(conversation_task(), {}, said("A <ground>cat</ground><objects><region1></objects>"),
             {regions, config}, answer);
  EXPECT_THAT(labelled(answer), ElementsAre(Labelled{"cat", 1}));
  EXPECT_EQ(answer.answer, "A cat");
}

}  // namespace
}  // namespace fo1
