#include "base/control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "fo1/error.h"

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

}  // namespace
}  // namespace fo1
