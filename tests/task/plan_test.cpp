// What is put to the model, and which questions are refused.
#include "task/support.h"

namespace fo1 {
namespace {

using test::error_of;
using test::plan;
using testing::ElementsAre;

TEST(Plan, WordsEachTaskAsTrained) {
  EXPECT_THAT(plan({"detect", {"cat"}, {}}, 3),
              ElementsAre("Please detect cat in this image. Answer the question with object "
                          "indexes."));
  EXPECT_THAT(plan({"detect", {"cat", " red dog ", "owl"}, {}}, 3),
              ElementsAre("Please detect cat, red dog, owl in this image. Answer the question with "
                          "object indexes."));
  EXPECT_THAT(plan({"ground", {"the leftmost cat"}, {}}, 3),
              ElementsAre("Please detect the leftmost cat in this image. Answer the question with "
                          "object indexes."));
  EXPECT_THAT(plan({"count", {"cats"}, {}}, 3),
              ElementsAre("How many cats are there in this image? Count each instance of the "
                          "target object. Locate them with object indexes and then answer the "
                          "question with the number of objects."));
  EXPECT_THAT(plan({"describe", {}, {}}, 3),
              ElementsAre("Briefly describe this image and detect all mentioned objects. Answer "
                          "with grounded object indexes."));
  EXPECT_THAT(plan({"similar", {}, {2}}, 3),
              ElementsAre("Using the provided object <region2> as a reference, identify all other "
                          "objects of the same category in this image. Respond with object "
                          "indexes."));
  EXPECT_THAT(
      plan({"reason", {"Which is {} odd?"}, {}}, 3),
      ElementsAre("First thinks about the reasoning process in the mind and then provides "
                  "the user with the answer. The reasoning process and answer are enclosed "
                  "within <think> </think> and <answer> </answer> tags, respectively, i.e., "
                  "<think> reasoning process here </think><answer> answer here </answer>. "
                  "Please give a detailed reasoning process process and provide image "
                  "regions that can help you answer the question better. Which is {} odd?"));
  EXPECT_THAT(plan({"ask", {" What is it? "}, {}}, 0), ElementsAre(" What is it? "));
}

TEST(Plan, OcrAsksForAllRegionsAtOnce) {
  EXPECT_THAT(plan({"ocr", {}, {1}}, 4),
              ElementsAre("Please provide the ocr results of <region1> in the image."));
  EXPECT_THAT(
      plan({"ocr", {}, {2, 0}}, 4),
      ElementsAre("Please provide the ocr results of <region2> and <region0> in the image."));
  EXPECT_THAT(plan({"ocr", {}, {}}, 3),
              ElementsAre("Please provide the ocr results of <region0>, <region1> and <region2> in "
                          "the image."));
}

TEST(Plan, OcrAsksInGroupsWhereTheModelWantsIt) {
  TaskConfig config;
  config.wording.ocr = "{}?";
  config.wording.ocr_regions_per_question = 2;
  EXPECT_THAT(plan({"ocr", {}, {}}, 5, config),
              ElementsAre("<region0> and <region1>?", "<region2> and <region3>?", "<region4>?"));
}

TEST(Plan, CaptionAsksRegionByRegion) {
  EXPECT_THAT(plan({"caption", {}, {}}, 2),
              ElementsAre("Provide a brief description for <region0>.",
                          "Provide a brief description for <region1>."));
  EXPECT_THAT(plan({"caption", {"brief"}, {1}}, 2),
              ElementsAre("Provide a brief description for <region1>."));
  EXPECT_THAT(plan({"caption", {"detailed"}, {1}}, 2),
              ElementsAre("Provide a detailed description for <region1>."));
}

TEST(Plan, SubQuestionsSayWhichRegionsTheyAskAbout) {
  const std::vector<Region> regions = test::offered_regions(3);
  const TaskConfig config;
  const auto asked =
      plan_questions(find_task("caption"), {"caption", {}, {2, 1}}, {regions, config});
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_THAT(asked[0].regions, ElementsAre(2));
  EXPECT_THAT(asked[1].regions, ElementsAre(1));
}

struct Refused {
  Question question;
  std::size_t offered;
  const char* message;
};

TEST(Plan, RefusesWhatTheTaskCannotAsk) {
  const Refused refused[] = {
      {{"detect", {}, {}}, 2, "detect: takes at least 1 query, got 0"},
      {{"detect", {"cat", ""}, {}}, 2, "detect: query[1] is empty, expected words"},
      {{"detect", {" \t\u3000"}, {}}, 2, "detect: query[0] is empty, expected words"},
      {{"detect", {"\xff"}, {}}, 2, "detect: query[0] is not valid UTF-8"},
      {{"detect", {"cat"}, {}}, 0, "detect: needs regions, but none are offered"},
      {{"detect", {"cat"}, {1}}, 2, "detect: takes no region, got 1"},
      {{"ground", {"a", "b"}, {}}, 2, "ground: takes exactly 1 query, got 2"},
      {{"count", {}, {}}, 2, "count: takes exactly 1 query, got 0"},
      {{"ocr", {"x"}, {}}, 2, "ocr: takes no query, got 1"},
      {{"ocr", {}, {0, 2}}, 2, "ocr: regions[1] is 2, but there are 2 offered regions (0 to 1)"},
      {{"ocr", {}, {-1}}, 2, "ocr: regions[0] is -1, but there are 2 offered regions (0 to 1)"},
      {{"ocr", {}, {1, 0, 1}}, 2, "ocr: regions[2] repeats region 1"},
      {{"ocr", {}, {}}, 0, "ocr: needs regions, but none are offered"},
      {{"caption", {"long"}, {}},
       2,
       "caption: query is \"long\", expected \"brief\" or \"detailed\""},
      {{"caption", {"brief", "detailed"}, {}}, 2, "caption: takes at most 1 query, got 2"},
      {{"describe", {"x"}, {}}, 2, "describe: takes no query, got 1"},
      {{"describe", {}, {}}, 0, "describe: needs regions, but none are offered"},
      {{"similar", {}, {}}, 2, "similar: takes exactly 1 region, got 0"},
      {{"similar", {}, {0, 1}}, 2, "similar: takes exactly 1 region, got 2"},
      {{"similar", {"x"}, {0}}, 2, "similar: takes no query, got 1"},
      {{"reason", {"why?"}, {}}, 0, "reason: needs regions, but none are offered"},
      {{"ask", {""}, {}}, 2, "ask: query[0] is empty, expected words"},
      {{"ask", {}, {}}, 2, "ask: takes exactly 1 query, got 0"},
  };
  for (const Refused& row : refused) {
    EXPECT_EQ(error_of(ErrorCode::kInvalidArgument, [&] { plan(row.question, row.offered); }),
              row.message);
  }
}

TEST(FindTask, UnknownNamesAreAnsweredWithTheKnownOnes) {
  for (const char* name : {"detct", "", "chat", "Detect"}) {
    EXPECT_EQ(error_of(ErrorCode::kInvalidArgument, [&] { find_task(name); }),
              "unknown task \"" + std::string(name) +
                  "\"; the tasks are detect, ground, count, ocr, caption, describe, similar, "
                  "reason, ask");
  }
}

TEST(FindTask, FindsEveryRowOfTheTable) {
  for (const Task& task : all_tasks()) {
    EXPECT_EQ(&find_task(task.name), &task);
    EXPECT_STRNE(task.help, "");
  }
}

}  // namespace
}  // namespace fo1
