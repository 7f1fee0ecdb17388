// More regions than a prompt holds, asked about in passes.
#include "pipeline/passes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/tiny_model.h"
#include "support/errors.h"

namespace fo1 {
namespace {

using test::fails_with;
using test::sample_scene;
using test::SampleScene;
using test::tiny_model;
using testing::ElementsAre;

constexpr std::int64_t kLimit = 100;

TEST(QuestionFor, KeepsTheRegionsOfItsPart) {
  const Question question{"ocr", {}, {7, 104, 100}};
  EXPECT_THAT(question_for(question, 0, 100)->regions, ElementsAre(7));
  EXPECT_THAT(question_for(question, 100, 50)->regions, ElementsAre(4, 0));
  EXPECT_FALSE(question_for(question, 150, 50).has_value());
  EXPECT_TRUE(question_for({"ocr", {}, {}}, 150, 50).has_value());
}

Detection detection(const std::string& label, std::int64_t region, Box box, double score) {
  Detection found;
  found.label = label;
  found.region = region;
  found.box = box;
  found.score = score;
  return found;
}

TEST(AddPass, MovesIndexesAndKeepsAnObjectOnce) {
  Answer whole, first, second;
  first.detections = {detection("cat", 3, {0, 0, 10, 10}, 0.5),
                      detection("dog", 4, {0, 0, 10, 10}, 0.5)};
  first.count = 2;
  first.text = "one";
  second.detections = {detection("cat", 2, {0, 0, 10, 9.9}, 0.9),
                       detection("cat", 5, {50, 50, 60, 60}, 0.1)};
  second.regions = {2, 5};
  second.texts = {{5, "words"}};
  second.dropped = {{7, "not offered"}};
  second.count = 2;
  second.text = "two";
  second.finish = FinishReason::kLength;
  add_pass(first, 0, whole);
  add_pass(second, kLimit, whole);
  ASSERT_EQ(whole.detections.size(), 3u);
  EXPECT_EQ(whole.detections[0].region, 102);  // the better of two boxes on one cat
  EXPECT_EQ(whole.detections[1].label, "dog");
  EXPECT_EQ(whole.detections[2].region, 105);
  EXPECT_EQ(whole.count, 3);
  EXPECT_THAT(whole.regions, ElementsAre(102, 105));
  EXPECT_EQ(whole.texts[0].region, 105);
  EXPECT_EQ(whole.dropped[0].region, 107);
  EXPECT_EQ(whole.text, "one\ntwo");
  EXPECT_EQ(whole.finish, FinishReason::kLength);
}

TEST(AddPass, BoxesOfOnePassAreLeftAsTheyAre) {
  Answer whole, only;
  only.detections = {detection("cat", 3, {0, 0, 10, 10}, 0.5),
                     detection("cat", 4, {0, 0, 10, 10}, 0.5)};
  add_pass(only, 0, whole);
  EXPECT_EQ(whole.detections.size(), 2u);
}

// The sample's regions behind `before` others that show nothing.
std::vector<Region> behind_others(const SampleScene& sample, std::int64_t before) {
  std::vector<Region> regions;
  for (std::int64_t i = 0; i < before; ++i) {
    const double x = static_cast<double>(i % 10);
    regions.push_back({{x, x, x + 2, x + 2}, {}, ""});
  }
  regions.insert(regions.end(), sample.regions.begin(), sample.regions.end());
  return regions;
}

AskOptions all_regions() {
  AskOptions options;
  options.all_regions = true;
  return options;
}

TEST(ScenePasses, LaterRegionsAreFoundOnRequestOnly) {
  const SampleScene sample = sample_scene("detect_0");
  Scene scene = tiny_model().scene(sample.image, behind_others(sample, kLimit));
  const Answer first = scene.detect({"red circle"});
  EXPECT_EQ(first.dropped.size(), sample.regions.size());
  EXPECT_EQ(first.proposal_count, kLimit);
  EXPECT_EQ(scene.stage_counts().encode_regions, 1);

  const Answer all = scene.detect({"red circle"}, all_regions());
  EXPECT_TRUE(all.dropped.empty());
  EXPECT_EQ(all.proposal_count, kLimit + static_cast<std::int64_t>(sample.regions.size()));
  EXPECT_EQ(all.text, first.text + "\n" + sample.answer);
  EXPECT_EQ(scene.stage_counts().encode_regions, 2);
  EXPECT_EQ(scene.stage_counts().encode_auxiliary, 1);

  // What the second pass found is what a scene with these regions alone finds.
  const Answer alone = tiny_model().scene(sample.image, sample.regions).detect({"red circle"});
  ASSERT_EQ(all.detections.size(), first.detections.size() + alone.detections.size());
  for (std::size_t i = 0; i < alone.detections.size(); ++i) {
    const Detection& found = all.detections[first.detections.size() + i];
    EXPECT_EQ(found.region, alone.detections[i].region + kLimit);
    EXPECT_EQ(found.box.x1, alone.detections[i].box.x1);
    EXPECT_EQ(found.confidence, alone.detections[i].confidence);
  }
}

TEST(ScenePasses, ASecondQuestionReadsNoRegionsAgain) {
  const SampleScene sample = sample_scene("detect_0");
  Scene scene = tiny_model().scene(sample.image, behind_others(sample, kLimit));
  scene.detect({"red circle"}, all_regions());
  const StageCounts before = scene.stage_counts();
  EXPECT_EQ(before.prefill_prefix, 2);
  scene.detect({"blue square"}, all_regions());
  const StageCounts after = scene.stage_counts();
  EXPECT_EQ(after.prefill_prefix, 2);
  EXPECT_EQ(after.encode_regions, before.encode_regions);
  scene.set_regions(sample.regions);
  scene.detect({"red circle"});
  EXPECT_EQ(scene.stage_counts().prefill_prefix, 3);
}

TEST(ScenePasses, TheOptionChangesNothingForFewRegions) {
  const SampleScene sample = sample_scene("detect_0");
  Scene scene = tiny_model().scene(sample.image, sample.regions);
  EXPECT_EQ(scene.detect({"red circle"}, all_regions()).text, sample.answer);
  EXPECT_EQ(scene.ask({"describe", {}, {}}, all_regions()).task, "describe");
}

TEST(ScenePasses, RegionsAreNamedByTheirPlaceAmongAll) {
  const SampleScene sample = sample_scene("ocr");
  Scene scene = tiny_model().scene(sample.image, behind_others(sample, kLimit));
  const Answer answer = scene.ask({"ocr", {}, {kLimit, kLimit + 1}}, all_regions());
  for (const RegionText& text : answer.texts) EXPECT_GE(text.region, kLimit);
  EXPECT_TRUE(fails_with(
      [&] {
        scene.ask({"ocr", {}, {4000}}, all_regions());
      },
      ErrorCode::kInvalidArgument, "regions[0] is 4000"));
}

TEST(ScenePasses, AStopKeepsTheAnswersOfEarlierPasses) {
  const SampleScene sample = sample_scene("detect_0");
  Scene scene = tiny_model().scene(sample.image, behind_others(sample, kLimit));
  const Answer first = scene.detect({"red circle"});
  AskOptions options = all_regions();
  // The first pass's last word stops the work: the second pass fails before its first word.
  std::string said;
  options.on_token = [&](const std::string& text) {
    said += text;
    if (said == first.text) options.limits.cancel.cancel();
    return StreamAction::kContinue;
  };
  const Answer answer = scene.detect({"red circle"}, options);
  EXPECT_EQ(answer.finish, FinishReason::kCancelled);
  EXPECT_EQ(answer.text, first.text);
  EXPECT_EQ(answer.detections.size(), first.detections.size());
}

TEST(ScenePasses, TasksWhoseAnswersAreOneTextRefuse) {
  const SampleScene sample = sample_scene("detect_0");
  Scene scene = tiny_model().scene(sample.image, behind_others(sample, kLimit));
  for (const char* task : {"describe", "reason", "ask"}) {
    EXPECT_TRUE(fails_with(
        [&] {
          const bool asks = task != std::string("describe");
          scene.ask({task, asks ? std::vector<std::string>{"why"} : std::vector<std::string>{}, {}},
                    all_regions());
        },
        ErrorCode::kInvalidArgument, "cannot be put together"));
  }
}

TEST(SceneProposals, SayWhoFoundThem) {
  const SampleScene sample = sample_scene("detect_0");
  Proposals proposals(sample.regions, "upn");
  proposals.timings_ms = {{"propose", 12.5}};
  Scene scene = tiny_model().scene(sample.image, proposals);
  const Answer answer = scene.detect({"red circle"});
  EXPECT_EQ(answer.proposal_source, "upn");
  EXPECT_EQ(answer.text, sample.answer);
  EXPECT_NE(answer.to_json().find("\"propose\":12.5"), std::string::npos);
}

TEST(SceneProposals, AProposerThatFoundNothingGivesAnEmptyAnswer) {
  const SampleScene sample = sample_scene("detect_0");
  Scene scene = tiny_model().scene(sample.image, Proposals({}, "upn"));
  const Answer answer = scene.detect({"red circle"});
  EXPECT_TRUE(answer.detections.empty());
  EXPECT_EQ(answer.proposal_source, "upn");
  EXPECT_EQ(answer.finish, FinishReason::kStop);
  EXPECT_EQ(scene.count("red circle").count, 0);
  EXPECT_TRUE(fails_with([&] { scene.detect({""}); }, ErrorCode::kInvalidArgument, "is empty"));
  EXPECT_TRUE(fails_with(
      [&] {
        scene.ask({"ocr", {}, {99}});
      },
      ErrorCode::kInvalidArgument, "regions[0] is 99, but there are 0 offered regions"));
  EXPECT_TRUE(fails_with(
      [&] {
        scene.ask({"similar", {}, {}});
      },
      ErrorCode::kInvalidArgument, "takes exactly 1 region"));
  // Without a proposer nothing was looked for, so it is still an error.
  Scene bare = tiny_model().scene(sample.image);
  EXPECT_TRUE(fails_with([&] { bare.detect({"red circle"}); }, ErrorCode::kInvalidArgument,
                         "needs regions"));
}

}  // namespace
}  // namespace fo1
