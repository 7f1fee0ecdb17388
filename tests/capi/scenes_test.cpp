// Where a scene's regions come from, and what it keeps.
#include <algorithm>
#include <cmath>
#include <iterator>

#include "capi/support.h"
#include "support/data.h"

namespace fo1::test {
namespace {

// A detector of the caller's own: two fixed boxes.
struct Detector {
  int calls = 0;
  fo1_status status = FO1_OK;
  const char* reason = nullptr;
  fo1_regions* kept = nullptr;
  std::string asked;  // the labels

  static fo1_status find(void* user, const fo1_image* image, const fo1_propose_options* options,
                         fo1_regions* found) {
    auto& self = *static_cast<Detector*>(user);
    self.asked.clear();
    for (std::size_t i = 0; i < options->label_count; ++i) self.asked += options->labels[i];
    ++self.calls;
    self.kept = found;
    EXPECT_EQ(fo1_image_width(image), fo1_image_width(shapes()));
    const double boxes[] = {118, 58, 228, 170, 9, 184, 63, 241};
    const double scores[] = {0.9, 0.8};
    EXPECT_EQ(fo1_regions_add(found, 2, boxes, scores, nullptr), FO1_OK) << fo1_last_error();
    if (self.reason) fo1_set_last_error(self.reason);
    return self.status;
  }
};

Handle<fo1_proposer> proposer_of(Detector& detector) {
  Handle<fo1_proposer> proposer;
  EXPECT_EQ(fo1_proposer_from_callback(proposer.out(), "mine", Detector::find, &detector), FO1_OK)
      << fo1_last_error();
  return proposer;
}

struct Count {
  std::size_t regions;
  std::string source;
};

Count scene_with(const fo1_regions* regions, const fo1_scene_options& options) {
  Handle<fo1_scene> scene;
  EXPECT_EQ(fo1_scene_create(scene.out(), tiny_model(), shapes(), regions, &options), FO1_OK)
      << fo1_last_error();
  const Handle<fo1_result> result = [&] {
    Handle<fo1_result> asked;
    fo1_ask_options ask = ask_options();
    ask.max_new_tokens = 1;
    EXPECT_EQ(fo1_ground(asked.out(), scene, "it", &ask), FO1_OK) << fo1_last_error();
    return asked;
  }();
  Handle<fo1_regions> held;
  EXPECT_EQ(fo1_scene_regions(held.out(), scene), FO1_OK);
  if (regions == nullptr) {
    EXPECT_STREQ(fo1_regions_source(held), "mine");
  }
  return {fo1_regions_count(held), fo1_result_json(result)};
}

TEST(Scenes, RegionsAreGivenProposedOrBoth) {
  Detector detector;
  const Handle<fo1_proposer> proposer = proposer_of(detector);
  fo1_scene_options options = scene_options();
  options.proposer = proposer;

  EXPECT_EQ(scene_with(shape_regions(), options).regions, 7U);
  EXPECT_EQ(detector.calls, 0);
  const Count proposed = scene_with(nullptr, options);
  EXPECT_EQ(proposed.regions, 2U);
  EXPECT_NE(proposed.source.find(R"("source":"mine")"), std::string::npos);
  EXPECT_NE(proposed.source.find(R"("propose":)"), std::string::npos);  // its time

  options.propose = FO1_PROPOSE_ALSO;
  const Count both = scene_with(shape_regions(), options);
  EXPECT_EQ(both.regions, 7U);  // what was found is among the given ones already
  EXPECT_NE(both.source.find(R"("source":"given+mine")"), std::string::npos);
  fo1_propose_options propose = propose_options();
  propose.max_iou = 0;
  options.propose_options = &propose;
  EXPECT_EQ(scene_with(shape_regions(), options).regions, 9U);
  propose.most = 1;
  EXPECT_EQ(scene_with(nullptr, options).regions, 1U);

  options.propose = FO1_PROPOSE_NEVER;
  detector.calls = 0;
  Handle<fo1_scene> scene;
  ASSERT_EQ(fo1_scene_create(scene.out(), tiny_model(), shapes(), nullptr, &options), FO1_OK);
  EXPECT_EQ(detector.calls, 0);
  options.propose = 3;
  EXPECT_TRUE(refused(fo1_scene_create(scene.out(), tiny_model(), shapes(), nullptr, &options),
                      FO1_INVALID_ARGUMENT, "got 3"));
}

TEST(Scenes, RegionsAreProposedAnew) {
  Detector detector;
  const Handle<fo1_proposer> proposer = proposer_of(detector);
  const Handle<fo1_scene> scene = shapes_scene();
  fo1_scene_options options = scene_options();
  options.proposer = proposer;
  ASSERT_EQ(fo1_scene_set_regions(scene, nullptr, &options), FO1_OK) << fo1_last_error();
  EXPECT_EQ(detector.calls, 1);
  Handle<fo1_regions> held;
  ASSERT_EQ(fo1_scene_regions(held.out(), scene), FO1_OK);
  EXPECT_EQ(fo1_regions_count(held), 2U);
}

TEST(Scenes, ScoresOfProposalsReachTheAnswer) {
  Detector detector;
  const Handle<fo1_proposer> proposer = proposer_of(detector);
  fo1_scene_options options = scene_options();
  options.proposer = proposer;
  Handle<fo1_scene> scene;
  ASSERT_EQ(fo1_scene_create(scene.out(), tiny_model(), shapes(), nullptr, &options), FO1_OK);
  const Handle<fo1_result> result = detect(scene, {"red circle"});
  ASSERT_GT(fo1_result_detection_count(result), 0U);
  fo1_detection found;
  found.struct_size = sizeof found;
  ASSERT_EQ(fo1_result_detection(&found, result, 0), FO1_OK);
  const double given[] = {0.9, 0.8};
  EXPECT_NEAR(found.proposal_score, given[found.region], 1e-6);
  EXPECT_NEAR(found.score, found.confidence * found.proposal_score, 1e-6);
}

TEST(Scenes, ADetectorsFailureIsTheCalls) {
  Detector detector;
  detector.status = FO1_NOT_FOUND;
  const Handle<fo1_proposer> proposer = proposer_of(detector);
  fo1_regions* none = nullptr;
  EXPECT_TRUE(refused(fo1_propose(&none, proposer, shapes(), nullptr), FO1_NOT_FOUND,
                      "mine: the callback failed: not_found"));
  detector.reason = "the camera is off";
  EXPECT_TRUE(refused(fo1_propose(&none, proposer, shapes(), nullptr), FO1_NOT_FOUND,
                      "mine: the callback failed: the camera is off"));
  detector.status = FO1_OK;
  Handle<fo1_regions> found;
  ASSERT_EQ(fo1_propose(found.out(), proposer, shapes(), nullptr), FO1_OK) << fo1_last_error();
  EXPECT_EQ(fo1_regions_count(found), 2U);
  EXPECT_STREQ(fo1_regions_source(found), "mine");
  EXPECT_EQ(fo1_regions_count(detector.kept), 0U);  // what it was lent is gone
  EXPECT_EQ(detector.asked, "");
  const char* label = "Kreis";
  fo1_propose_options options = propose_options();
  options.labels = &label;
  options.label_count = 1;
  ASSERT_EQ(fo1_propose(found.out(), proposer, shapes(), &options), FO1_OK) << fo1_last_error();
  EXPECT_EQ(detector.asked, "Kreis");
  EXPECT_STREQ(fo1_proposer_name(proposer), "mine");
  EXPECT_EQ(fo1_proposer_reads_labels(proposer), 1);
  EXPECT_EQ(fo1_proposer_prompt_count(proposer), 0U);
  EXPECT_EQ(fo1_proposer_prompt(proposer, 0), nullptr);
}

TEST(Scenes, ANetworkProposes) {
  Handle<fo1_proposer> proposer;
  const std::string choice = "upn:" + data_path("upn/tiny");
  ASSERT_EQ(fo1_proposer_load(proposer.out(), choice.c_str(), nullptr), FO1_OK) << fo1_last_error();
  EXPECT_STREQ(fo1_proposer_name(proposer), "upn");
  EXPECT_EQ(fo1_proposer_prompt_count(proposer), 2U);
  EXPECT_STREQ(fo1_proposer_prompt(proposer, 0), "fine");
  const char* coarse = "coarse";
  fo1_propose_options options = propose_options();
  options.prompts = &coarse;
  options.prompt_count = 1;
  options.min_score = 0;
  options.most = 5;
  Handle<fo1_regions> found;
  ASSERT_EQ(fo1_propose(found.out(), proposer, shapes(), &options), FO1_OK) << fo1_last_error();
  EXPECT_EQ(fo1_regions_count(found), 5U);
  options.reserved = 5;
  fo1_regions* never = nullptr;
  EXPECT_TRUE(
      refused(fo1_propose(&never, proposer, shapes(), &options), FO1_UNSUPPORTED, "reserved"));
  options.reserved = 0;
  coarse = "loose";
  fo1_regions* none = nullptr;
  EXPECT_TRUE(
      refused(fo1_propose(&none, proposer, shapes(), &options), FO1_INVALID_ARGUMENT, "loose"));
  EXPECT_TRUE(refused(fo1_proposer_save_wording(proposer), FO1_UNSUPPORTED, "upn"));

  fo1_load_options load = load_options();
  load.proposals = choice.c_str();
  Handle<fo1_model> model;
  ASSERT_EQ(fo1_model_load(model.out(), model_folder().c_str(), &load), FO1_OK) << fo1_last_error();
  Handle<fo1_proposer> own;
  ASSERT_EQ(fo1_model_proposer(own.out(), model), FO1_OK) << fo1_last_error();
  EXPECT_STREQ(fo1_proposer_name(own), "upn");
}

// What is wrong comes out at the first call, not when it is needed at last.
TEST(Scenes, WrongOptionsAreErrorsThoughUnused) {
  fo1_scene* none = nullptr;
  fo1_scene_options options = scene_options();
  options.proposer = reinterpret_cast<const fo1_proposer*>(tiny_model());
  EXPECT_TRUE(refused(fo1_scene_create(&none, tiny_model(), shapes(), shape_regions(), &options),
                      FO1_INVALID_ARGUMENT, "not a live handle of type fo1_proposer"));
  fo1_proposer* proposer = nullptr;
  EXPECT_TRUE(refused(fo1_proposer_from_callback(&proposer, "given", Detector::find, nullptr),
                      FO1_INVALID_ARGUMENT, "given"));
}

TEST(Scenes, LimitsOfLoadingHoldForProposersToo) {
  Handle<fo1_cancel> cancel;
  ASSERT_EQ(fo1_cancel_create(cancel.out()), FO1_OK);
  ASSERT_EQ(fo1_cancel_trigger(cancel), FO1_OK);
  fo1_load_options options = load_options();
  options.cancel = cancel;
  fo1_proposer* none = nullptr;
  const std::string choice = "upn:" + data_path("upn/tiny");
  EXPECT_TRUE(refused(fo1_proposer_load(&none, choice.c_str(), &options), FO1_CANCELLED, "load"));
}

fo1_stage_counts counts_of(const fo1_scene* scene) {
  fo1_stage_counts counts;
  counts.struct_size = sizeof counts;
  EXPECT_EQ(fo1_scene_stage_counts(&counts, scene), FO1_OK) << fo1_last_error();
  return counts;
}

TEST(Scenes, NothingIsDoneTwice) {
  const Handle<fo1_scene> scene = shapes_scene();
  detect(scene, {"red circle"});
  detect(scene, {"blue square"});
  EXPECT_EQ(counts_of(scene).encode_primary, 1);
  EXPECT_EQ(counts_of(scene).prefill_prefix, 1);
  EXPECT_EQ(counts_of(scene).prefill_question, 2);
  Handle<fo1_regions> other;
  const double box[] = {118, 58, 228, 170};
  ASSERT_EQ(fo1_regions_create(other.out()), FO1_OK);
  ASSERT_EQ(fo1_regions_add(other, 1, box, nullptr, nullptr), FO1_OK);
  ASSERT_EQ(fo1_scene_set_regions(scene, other, nullptr), FO1_OK) << fo1_last_error();
  EXPECT_EQ(counts_of(scene).encode_primary, 1);
  EXPECT_EQ(counts_of(scene).encode_auxiliary, 1);
  EXPECT_EQ(counts_of(scene).encode_regions, 2);
}

}  // namespace
}  // namespace fo1::test
