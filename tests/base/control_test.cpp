#include "base/control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "fo1/error.h"
#include "support/errors.h"

namespace fo1 {
namespace {

ErrorCode code_of(const Control& control) {
  try {
    control.check("stage");
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("stage"));
    return error.code();
  }
  return ErrorCode{};
}

TEST(Control, NoLimitsNeverStops) {
  EXPECT_EQ(code_of(Control::unlimited()), ErrorCode{});
}

TEST(Control, DeadlineAndCancel) {
  Limits limits;
  limits.deadline_seconds = 0;
  EXPECT_EQ(code_of(Control(limits)), ErrorCode::kDeadline);
  limits.deadline_seconds = 1e300;
  const Control control(limits);
  EXPECT_EQ(code_of(control), ErrorCode{});
  limits.cancel.cancel();
  EXPECT_EQ(code_of(control), ErrorCode::kCancelled);
}

TEST(Control, RefusesSenselessDeadlines) {
  for (const double seconds : {-1.0, std::numeric_limits<double>::quiet_NaN()}) {
    Limits limits;
    limits.deadline_seconds = seconds;
    EXPECT_THROW(Control{limits}, Error);
  }
}

// A control whose callback says `action`, and what the callback was told.
struct Asked {
  explicit Asked(StreamAction action) {
    limits.on_progress = [this, action](const Progress& progress) {
      told = progress;
      return action;
    };
  }
  Limits limits;
  Progress told;
};

TEST(Control, ReportsStepsAndHeedsTheAnswer) {
  Asked on(StreamAction::kContinue), stop(StreamAction::kStop), cancel(StreamAction::kCancel);
  EXPECT_TRUE(Control(on.limits).report("stage", 2, 5));
  EXPECT_NO_THROW(Control(on.limits).step("stage", 2, 5));
  EXPECT_STREQ(on.told.stage, "stage");
  EXPECT_EQ(on.told.done, 2);
  EXPECT_EQ(on.told.total, 5);
  EXPECT_FALSE(Control(stop.limits).report("stage", 0, 0));
  EXPECT_TRUE(test::fails_with([&] { Control(stop.limits).step("stage"); }, ErrorCode::kCancelled,
                               "stopped by a callback during stage"));
  EXPECT_THROW(Control(cancel.limits).report("stage", 0, 0), Abandoned);
  EXPECT_THROW(Control(cancel.limits).step("stage"), Abandoned);
  EXPECT_NO_THROW(Control(cancel.limits).check("stage"));  // which asks nobody
}

TEST(Control, LimitsAreHeededAfterTheReport) {
  Limits limits;
  limits.on_progress = [&](const Progress&) {
    limits.cancel.cancel();
    return StreamAction::kContinue;
  };
  EXPECT_TRUE(test::fails_with([&] { Control(limits).step("stage"); }, ErrorCode::kCancelled,
                               "cancelled during stage"));
}

}  // namespace
}  // namespace fo1
