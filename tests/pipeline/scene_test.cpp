// Scenes: what is kept between questions, and that keeping changes no answer.
#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <thread>

#include "base/files.h"
#include "pipeline/tiny_model.h"
#include "support/close.h"
#include "support/data.h"
#include "support/errors.h"
#include "weights/safetensors.h"

namespace fo1 {
namespace {

using test::sample_scene;
using test::SampleScene;
using test::tiny_model;

// Everything of an answer that must not depend on how it was computed.
std::string content(Answer answer) {
  answer.timings_ms.clear();
  return answer.to_json();
}

TEST(Scene, SecondQuestionRepeatsNoEncodingAndNoCommonPrefix) {
  const SampleScene sample = sample_scene("detect_0");
  Scene scene = tiny_model().scene(sample.image, sample.regions);
  const Answer first = scene.detect({"red circle"});
  EXPECT_EQ(first.text, sample.answer);
  const StageCounts before = scene.stage_counts();
  EXPECT_EQ(before.encode_primary, 1);
  EXPECT_EQ(before.encode_auxiliary, 1);
  EXPECT_EQ(before.encode_regions, 1);
  EXPECT_EQ(before.prefill_prefix, 1);
  EXPECT_EQ(before.prefill_question, 1);

  const Answer second = scene.count("red circle");
  const StageCounts after = scene.stage_counts();
  EXPECT_EQ(after.encode_primary, 1);
  EXPECT_EQ(after.encode_auxiliary, 1);
  EXPECT_EQ(after.encode_regions, 1);
  EXPECT_EQ(after.prefill_prefix, 1);
  EXPECT_EQ(after.prefill_question, 2);

  std::vector<std::string> stages;
  for (const auto& [stage, milliseconds] : second.timings_ms) stages.push_back(stage);
  EXPECT_THAT(stages, testing::ElementsAre("prefill", "generate"));
}

TEST(Scene, ReusedEqualsFreshToTheBit) {
  const SampleScene sample = sample_scene("detect_0");
  Scene reused = tiny_model().scene(sample.image, sample.regions);
  // "system" drops the automatic system turn, so its prefix differs from the others'.
  for (const std::string question : {"What is this?", "Describe the system.", "What is this?"}) {
    Scene fresh = tiny_model().scene(sample.image, sample.regions);
    EXPECT_EQ(content(reused.ask({"ask", {question}, {}})),
              content(fresh.ask({"ask", {question}, {}})));
  }
  for (const std::string label : {"red circle", "blue square", "red circle"}) {
    Scene fresh = tiny_model().scene(sample.image, sample.regions);
    EXPECT_EQ(content(reused.detect({label})), content(fresh.detect({label})));
  }
}

TEST(Scene, NewRegionsRedoPoolingAndConnectorOnly) {
  const SampleScene sample = sample_scene("detect_0");
  Scene scene = tiny_model().scene(sample.image);
  EXPECT_EQ(scene.stage_counts().encode_auxiliary, 0);  // nothing to pool yet
  scene.set_regions(sample.regions);
  EXPECT_EQ(scene.detect({"red circle"}).text, sample.answer);
  std::vector<Region> reversed(sample.regions.rbegin(), sample.regions.rend());
  scene.set_regions(reversed);
  scene.detect({"red circle"});
  const StageCounts counts = scene.stage_counts();
  EXPECT_EQ(counts.encode_primary, 1);
  EXPECT_EQ(counts.encode_auxiliary, 1);
  EXPECT_EQ(counts.encode_regions, 2);
  EXPECT_EQ(counts.prefill_prefix, 2);
}

// Of the stages; what a language model makes of another order is its own affair.
TEST(Scene, PermutingBoxesPermutesRegionTokens) {
  const SampleScene sample = sample_scene("detect_0");
  const auto region_tokens = [&](const std::vector<Region>& regions) {
    const std::string path = join_path(test::scratch_folder(), "trace.safetensors");
    Message message{"user", std::vector<std::variant<TextPart, ImagePart>>{ImagePart{sample.image}},
                    regions};
    AskOptions options;
    options.max_new_tokens = 1;
    tiny_model().trace({message}, path, options);
    return SafetensorsFile::open(path)->tensor("region_tokens");
  };
  const at::Tensor wanted = region_tokens(sample.regions);
  std::vector<Region> turned = sample.regions;
  for (std::size_t i = 1; i < turned.size(); ++i) {
    std::rotate(turned.begin(), turned.begin() + 1, turned.end());
    EXPECT_TRUE(test::close_relative(region_tokens(turned),
                                     wanted.roll(-static_cast<int64_t>(i), 0), 1e-6));
  }
}

TEST(Scene, ThreadsGiveTheSameAnswers) {
  const SampleScene sample = sample_scene("detect_0");
  const auto ask = [&] {
    Scene scene = tiny_model().scene(sample.image, sample.regions);
    return content(scene.detect({"red circle"}));
  };
  const std::string wanted = ask();
  std::vector<std::string> answers(4);
  std::vector<std::thread> threads;
  for (std::string& answer : answers) threads.emplace_back([&] { answer = ask(); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(answers, testing::Each(wanted));
}

TEST(Scene, ScoresTravelAndConfidenceIsAProbability) {
  SampleScene sample = sample_scene("detect_0");
  for (Region& region : sample.regions) region.score = 0.5;
  Scene scene = tiny_model().scene(sample.image, sample.regions);
  const Answer answer = scene.detect({"red circle"});
  ASSERT_FALSE(answer.detections.empty());
  for (const Detection& detection : answer.detections) {
    EXPECT_EQ(detection.proposal_score, 0.5);
    EXPECT_GT(detection.confidence, 0.5);
    EXPECT_LE(detection.confidence, 1);
    EXPECT_NEAR(detection.score, 0.5 * detection.confidence, 1e-12);
  }
}

TEST(Scene, StreamsExactlyTheAnswersText) {
  const SampleScene sample = sample_scene("chinese");
  Scene scene = tiny_model().scene(sample.image, sample.regions);
  std::string streamed;
  AskOptions options;
  options.on_token = [&](const std::string& text) {
    streamed += text;
    return StreamAction::kContinue;
  };
  const Answer answer = scene.ask({"ask", {sample.question}, {}}, options);
  EXPECT_EQ(answer.text, sample.answer);
  EXPECT_EQ(streamed, answer.text);
}

TEST(Scene, StoppedAnswersKeepWhatIsThere) {
  const SampleScene sample = sample_scene("detect_0");
  Scene scene = tiny_model().scene(sample.image, sample.regions);
  AskOptions options;
  options.max_new_tokens = 3;
  const Answer cut = scene.detect({"red circle"}, options);
  EXPECT_EQ(cut.finish, FinishReason::kLength);
  EXPECT_EQ(cut.tokens.generated, 3);
  EXPECT_TRUE(sample.answer.starts_with(cut.text));

  int tokens = 0;
  options.max_new_tokens = 0;
  options.on_token = [&](const std::string&) {
    if (++tokens == 2) options.limits.cancel.cancel();
    return StreamAction::kContinue;
  };
  const Answer cancelled = scene.detect({"red circle"}, options);
  EXPECT_EQ(cancelled.finish, FinishReason::kCancelled);
  EXPECT_EQ(cancelled.tokens.generated, 2);
  EXPECT_EQ(scene.detect({"red circle"}).text, sample.answer);  // the scene is unharmed
}

TEST(Scene, StoppingBetweenTwoCaptionsKeepsTheFirst) {
  const SampleScene sample = sample_scene("caption_brief");
  ASSERT_GE(sample.regions.size(), 2u);
  Scene scene = tiny_model().scene(sample.image, sample.regions);
  AskOptions options;
  options.on_token = [&](const std::string&) {
    options.limits.cancel.cancel();
    return StreamAction::kContinue;
  };
  const Answer answer = scene.ask({"caption", {}, {0, 1}}, options);
  EXPECT_EQ(answer.finish, FinishReason::kCancelled);
  EXPECT_EQ(answer.tokens.generated, 1);
  EXPECT_EQ(scene.stage_counts().prefill_question, 1);
}

TEST(Scene, LimitsBeforeTheFirstWordAreErrors) {
  const SampleScene sample = sample_scene("detect_0");
  Limits late, cancelled;
  late.deadline_seconds = 0;
  cancelled.cancel.cancel();
  EXPECT_TRUE(test::fails_with([&] { tiny_model().scene(sample.image, sample.regions, late); },
                               ErrorCode::kDeadline, "deadline"));
  EXPECT_TRUE(test::fails_with([&] { tiny_model().scene(sample.image, sample.regions, cancelled); },
                               ErrorCode::kCancelled, "cancelled"));
  Scene scene = tiny_model().scene(sample.image, sample.regions);
  AskOptions options;
  options.limits = cancelled;
  EXPECT_TRUE(test::fails_with([&] { scene.detect({"red circle"}, options); },
                               ErrorCode::kCancelled, "cancelled"));
  EXPECT_EQ(scene.detect({"red circle"}).text, sample.answer);  // a half-read prefix is not reused
}

TEST(Scene, BadQuestionsNameWhatIsWrong) {
  const SampleScene sample = sample_scene("detect_0");
  Scene scene = tiny_model().scene(sample.image, sample.regions);
  const auto refuses = [&](const Question& question, const char* text) {
    return test::fails_with([&] { scene.ask(question); }, ErrorCode::kInvalidArgument, text);
  };
  EXPECT_TRUE(refuses({"segment", {"x"}, {}}, "segment"));
  EXPECT_TRUE(refuses({"detect", {}, {}}, "detect"));
  EXPECT_TRUE(refuses({"detect", {"  "}, {}}, "detect"));
  EXPECT_TRUE(refuses({"ocr", {}, {99}}, "99"));
  Scene bare = tiny_model().scene(sample.image);
  EXPECT_TRUE(test::fails_with([&] { bare.detect({"red circle"}); }, ErrorCode::kInvalidArgument,
                               "region"));
  AskOptions options;
  options.max_new_tokens = -1;
  EXPECT_TRUE(test::fails_with([&] { scene.detect({"x"}, options); }, ErrorCode::kInvalidArgument,
                               "max_new_tokens"));
}

TEST(Scene, BadRegionsLeaveTheSceneAsItWas) {
  const SampleScene sample = sample_scene("detect_0");
  Scene scene = tiny_model().scene(sample.image, sample.regions);
  std::vector<Region> bad(2);
  bad[1].box.x2 = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(
      test::fails_with([&] { scene.set_regions(bad); }, ErrorCode::kInvalidArgument, "boxes[1]"));
  EXPECT_EQ(scene.regions().size(), sample.regions.size());
  EXPECT_EQ(scene.detect({"red circle"}).text, sample.answer);
}

TEST(Scene, RegionsOverTheLimitAreReported) {
  const SampleScene sample = sample_scene("regions_over_100");
  ASSERT_GT(sample.regions.size(), 100u);
  Scene scene = tiny_model().scene(sample.image, sample.regions);
  const Answer answer = scene.ask({"ask", {sample.question}, {}});
  EXPECT_EQ(answer.text, sample.answer);
  EXPECT_EQ(answer.proposal_count, 100);
  std::size_t over = 0;
  for (const DroppedRegion& dropped : answer.dropped) {
    over += dropped.reason.find("limit of 100") != std::string::npos;
  }
  EXPECT_EQ(over, sample.regions.size() - 100);
}

}  // namespace
}  // namespace fo1
