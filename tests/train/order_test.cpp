#include "train/order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "support/errors.h"
#include "train/counting_job.h"
#include "train/warnings.h"

namespace fo1::train {
namespace {

TEST(SampleOrder, EachEpochIsAllSamplesInGroupsOfOneShape) {
  const CountingJob job(11);  // 6 even ones, 5 odd ones: groups of 4, 2 and 4, 1
  SampleOrder order(job, 7, 4);
  for (std::int64_t epoch = 0; epoch < 3; ++epoch) {
    std::set<std::int64_t> seen;
    for (std::int64_t turn = 4 * epoch; turn < 4 * (epoch + 1); ++turn) {
      const SampleOrder::Group& group = order.group(turn);
      ASSERT_FALSE(group.empty());
      EXPECT_LE(group.size(), 4U);
      for (const std::int64_t sample : group) {
        EXPECT_EQ(sample % 2, group.front() % 2);
        EXPECT_TRUE(seen.insert(sample).second);
      }
    }
    EXPECT_EQ(seen.size(), 11U);
  }
}

TEST(SampleOrder, IsFixedByTheSeedAndTheTurn) {
  const CountingJob job(50);
  SampleOrder one(job, 7, 4), same(job, 7, 4), other(job, 8, 4);
  const SampleOrder::Group late = one.group(40);
  EXPECT_EQ(same.group(40), late);
  one.group(3);
  EXPECT_EQ(one.group(40), late);
  std::int64_t different = 0;
  for (std::int64_t turn = 0; turn < 14; ++turn) {
    different += one.group(turn) == other.group(turn) ? 0 : 1;
  }
  EXPECT_GT(different, 7);
}

TEST(SampleOrder, SingleSamplesNeedNoShape) {
  const CountingJob job(9);
  SampleOrder order(job, 1, 1);
  std::set<std::int64_t> seen;
  for (std::int64_t turn = 0; turn < 9; ++turn) {
    ASSERT_EQ(order.group(turn).size(), 1U);
    seen.insert(order.group(turn).front());
  }
  EXPECT_EQ(seen.size(), 9U);
}

// A sample without a shape could never be learnt.
TEST(SampleOrder, LeavesOutWhatHasNoShape) {
  CountingJob job(6);
  job.without_shape = {1, 4};
  const Warnings warnings;
  SampleOrder order(job, 1, 2);
  std::set<std::int64_t> seen;
  for (std::int64_t turn = 0; turn < 2; ++turn) {
    seen.insert(order.group(turn).begin(), order.group(turn).end());
  }
  EXPECT_EQ(seen, (std::set<std::int64_t>{0, 2, 3, 5}));
  EXPECT_NE(warnings.all().find("sample 4 has no shape; left out"), std::string::npos);
  job.without_shape = {0, 1, 2, 3, 4, 5};
  EXPECT_TRUE(test::fails_with([&] { SampleOrder(job, 1, 2); }, ErrorCode::kCorruptFile,
                               "no sample can be used"));
}

}  // namespace
}  // namespace fo1::train
