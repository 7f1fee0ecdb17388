#include "cli/time_limit.h"

#include <gtest/gtest.h>

#include <csignal>
#include <thread>

#include "cli/interrupt.h"

namespace fo1::cli {
namespace {

TEST(TimeLimit, RunsOverSeveralCalls) {
  const TimeLimit limit(30.0, CancelToken());
  const double first = *limit.remaining().deadline_seconds;
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const double second = *limit.remaining().deadline_seconds;
  EXPECT_LE(first, 30.0);
  EXPECT_LE(second, first - 0.005);
}

TEST(TimeLimit, IsNeverNegative) {
  const TimeLimit limit(0.001, CancelToken());
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

TEST(Interrupt, TheFirstSignalTriggersTheTokenAndTheSecondEndsTheProcess) {
  const auto signalled_twice = [] {
    const CancelToken token = catch_interrupts();
    if (token.cancelled()) std::_Exit(1);
    std::raise(SIGINT);
    if (!token.cancelled()) std::_Exit(2);
    std::raise(SIGINT);
    std::_Exit(3);
  };
  EXPECT_EXIT(signalled_twice(), testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace fo1::cli
