#include "train/kept_views.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace fo1::train {
namespace {

constexpr std::int64_t kWidth = 4, kCells = 6, kRegions = 2;
constexpr std::int64_t kBytes = (kCells + kRegions) * kWidth * 4;

// A part of a batch's tokens, as encoders give it.
EncodedView view() {
  EncodedView view;
  view.image.grid = {3, 2};
  view.image.tokens = at::rand({2 * kCells, kWidth}).narrow(0, kCells, kCells);
  view.image.levels = {at::rand({1, 8, 3, 2})};
  view.regions = at::rand({kRegions, kWidth});
  return view;
}

TEST(KeptViews, TokensAreKeptAndNothingElse) {
  KeptViews kept(1000);
  const std::vector<EncodedView> views = {view()};
  EXPECT_EQ(kept.find(7), nullptr);
  kept.keep(7, views);
  const KeptPictures found = kept.find(7);
  ASSERT_NE(found, nullptr);
  ASSERT_EQ(found->size(), 1u);
  const EncodedView& own = found->front();
  EXPECT_TRUE(own.image.tokens.equal(views.front().image.tokens));
  EXPECT_TRUE(own.regions.equal(views.front().regions));
  EXPECT_EQ(own.image.grid.width, 3);
  EXPECT_TRUE(own.image.levels.empty());
  EXPECT_EQ(own.image.tokens.storage().nbytes(), kCells * kWidth * sizeof(float));
  EXPECT_EQ(kept.find(8), nullptr);
}

TEST(KeptViews, NoMoreThanThereIsRoomFor) {
  KeptViews kept(2 * kBytes);
  for (std::size_t subject = 0; subject < 3; ++subject) {
    for (int again = 0; again < 2; ++again) kept.keep(subject, std::vector{view()});
  }
  EXPECT_NE(kept.find(0), nullptr);
  EXPECT_NE(kept.find(1), nullptr);
  EXPECT_EQ(kept.find(2), nullptr);
}

TEST(KeptViews, WhatStillLearnsIsNotKept) {
  KeptViews kept(1000);
  EncodedView learning = view();
  learning.regions.requires_grad_();
  kept.keep(1, std::vector{view(), learning});
  kept.keep(2, std::vector<EncodedView>{});
  EXPECT_EQ(kept.find(1), nullptr);
  EXPECT_EQ(kept.find(2), nullptr);
}

}  // namespace
}  // namespace fo1::train
