#include "fo1/time_limit.h"

#include <gtest/gtest.h>

#include <cmath>
#include <thread>

namespace fo1 {
namespace {

TEST(TimeLimit, RunsOverSeveralCalls) {
  const TimeLimit limit(30.0);
  const double first = *limit.remaining().deadline_seconds;
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const double second = *limit.remaining().deadline_seconds;
  EXPECT_LE(first, 30.0);
  EXPECT_LE(second, first - 0.005);
}

TEST(TimeLimit, IsNeverNegative) {
  const TimeLimit limit(0.001);
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_EQ(limit.remaining().deadline_seconds, 0.0);
}

TEST(TimeLimit, MayBeAbsentAndCanBeCancelled) {
  CancelToken token;
  const TimeLimit limit(std::nullopt, token);
  EXPECT_FALSE(limit.remaining().deadline_seconds.has_value());
  EXPECT_FALSE(limit.remaining().cancel.cancelled());
  token.cancel();
  EXPECT_TRUE(limit.remaining().cancel.cancelled());
}

// What makes no sense is for the call to refuse.
TEST(TimeLimit, HidesNoMistake) {
  EXPECT_EQ(TimeLimit(-1.0).remaining().deadline_seconds, -1.0);
  EXPECT_TRUE(std::isnan(*TimeLimit(std::nan("")).remaining().deadline_seconds));
}

}  // namespace
}  // namespace fo1
