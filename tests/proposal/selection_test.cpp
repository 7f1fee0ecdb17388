#include "proposal/selection.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "proposal/upn.h"
#include "support/golden.h"

namespace fo1 {
namespace {

constexpr Size kPicture{100, 50};

Candidates three_boxes() {
  return {
      at::tensor({0.f, 0.f, 10.f, 10.f, 0.f, 0.f, 10.f, 9.f, -5.f, 40.f, 120.f, 60.f}).view({3, 4}),
      at::tensor({0.5f, 0.9f, 0.3f}), at::tensor({0, 1, 0}, at::kLong)};
}

Selection everything() {
  Selection selection;
  selection.min_score = 0;
  selection.max_iou = 0;
  selection.most = 0;
  return selection;
}

std::vector<float> scores_of(const Candidates& kept) {
  const at::Tensor scores = kept.scores.contiguous();
  return {scores.const_data_ptr<float>(), scores.const_data_ptr<float>() + scores.numel()};
}

using Scores = std::vector<float>;

TEST(Selection, SortsAndKeepsEverythingWithoutRules) {
  const Candidates kept = select(three_boxes(), kPicture, everything());
  EXPECT_EQ(scores_of(kept), (Scores{0.9f, 0.5f, 0.3f}));
  EXPECT_EQ(kept.labels[0].item<int64_t>(), 1);
}

TEST(Selection, TheThresholdItselfIsInUnlessStrictly) {
  Selection selection = everything();
  selection.min_score = 0.3;
  EXPECT_EQ(scores_of(select(three_boxes(), kPicture, selection)), (Scores{0.9f, 0.5f, 0.3f}));
  selection.strictly = true;
  EXPECT_EQ(scores_of(select(three_boxes(), kPicture, selection)), (Scores{0.9f, 0.5f}));
}

TEST(Selection, BoxesOfOtherLabelsCompeteUnlessByClass) {
  Selection selection = everything();
  selection.max_iou = 0.5;
  EXPECT_EQ(scores_of(select(three_boxes(), kPicture, selection)), (Scores{0.9f, 0.3f}));
  selection.by_class = true;
  EXPECT_EQ(scores_of(select(three_boxes(), kPicture, selection)), (Scores{0.9f, 0.5f, 0.3f}));
}

TEST(Selection, SmallBoxesSuppressNothing) {
  Selection selection = everything();
  selection.max_iou = 0.5;
  selection.min_side = 9.5;
  EXPECT_EQ(scores_of(select(three_boxes(), kPicture, selection)), (Scores{0.5f, 0.3f}));
}

TEST(Selection, KeepsTheBest) {
  Selection selection = everything();
  selection.most = 1;
  EXPECT_EQ(scores_of(select(three_boxes(), kPicture, selection)), (Scores{0.9f}));
}

TEST(Selection, ClipsToThePictureOnlyOnRequest) {
  Selection selection = everything();
  EXPECT_EQ(select(three_boxes(), kPicture, selection).boxes[2][2].item<float>(), 120);
  selection.clip = true;
  const at::Tensor clipped = select(three_boxes(), kPicture, selection).boxes[2];
  EXPECT_TRUE(at::equal(clipped, at::tensor({0.f, 40.f, 100.f, 50.f})));
}

TEST(Selection, NothingAboveTheThresholdIsAnEmptyResult) {
  Selection selection;
  selection.min_score = 0.95;
  const Candidates kept = select(three_boxes(), kPicture, selection);
  EXPECT_EQ(kept.boxes.sizes(), (std::vector<int64_t>{0, 4}));
  EXPECT_EQ(kept.scores.numel(), 0);
}

TEST(Selection, NumbersThatAreNoneAreLeftOut) {
  Candidates broken = three_boxes();
  broken.boxes[0][1] = NAN;
  broken.scores[1] = NAN;
  EXPECT_EQ(scores_of(select(broken, kPicture, everything())), (Scores{0.3f}));
}

TEST(Selection, JoinsPartsAndKeepsLabelsOnlyWhereAllHaveThem) {
  Candidates unlabelled = three_boxes();
  unlabelled.labels.reset();
  EXPECT_EQ(join({three_boxes(), three_boxes()}).labels.numel(), 6);
  EXPECT_FALSE(join({three_boxes(), unlabelled}).labels.defined());
  EXPECT_EQ(join({}).boxes.sizes(), (std::vector<int64_t>{0, 4}));
}

// Recorded results of the original filter, which stops at the first picture that keeps nothing,
// casts boxes to integers and rounds scores to two digits.
TEST(Selection, MatchesTheRecordedFilter) {
  const test::Golden golden("upn/modules/postprocess.safetensors");
  const Json json = test::load_data("upn/modules/postprocess.json");
  const JsonView cases = JsonView(json, "postprocess.json").at("filters");
  ASSERT_GT(cases.size(), 0u);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const JsonView expected = cases.at(i);
    Selection selection;
    selection.min_score = expected.get<double>("min_score");
    selection.max_iou = expected.get<double>("nms_value");
    selection.most = 0;
    for (std::size_t b = 0; b < expected.at("boxes").size(); ++b) {
      const auto image = static_cast<int64_t>(b);
      const Candidates kept =
          select({golden["boxes"][image], golden["scores"][image].squeeze(-1), {}}, {}, selection);
      const JsonView boxes = expected.at("boxes").at(b);
      ASSERT_EQ(kept.boxes.size(0), static_cast<int64_t>(boxes.size())) << i << " " << b;
      for (std::size_t k = 0; k < boxes.size(); ++k) {
        const auto box = boxes.at(k).get<std::vector<int64_t>>();
        const at::Tensor whole = kept.boxes[static_cast<int64_t>(k)].to(at::kLong);
        EXPECT_TRUE(at::equal(whole, at::tensor(box, at::kLong))) << i << " " << b << " " << k;
      }
    }
  }
}

}  // namespace
}  // namespace fo1
