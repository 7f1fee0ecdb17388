#include "train/loader.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "support/errors.h"
#include "train/counting_job.h"
#include "train/warnings.h"

namespace fo1::train {
namespace {

using test::fails_with;

Loader loader_of(const CountingJob& job, std::int64_t most, std::int64_t first, std::int64_t end) {
  return Loader(job, SampleOrder(job, 5, most), first, end, /*ahead=*/3);
}

// Whoever is ready first, groups come in their order.
TEST(Loader, GivesTheTurnsOfTheOrder) {
  const CountingJob job(9);
  SampleOrder order(job, 5, 1);
  Loader loader = loader_of(job, 1, 4, 20);
  for (std::int64_t turn = 4; turn < 20; ++turn) {
    const Loader::Group group = loader.next();
    ASSERT_EQ(group.size(), 1U);
    EXPECT_EQ(static_cast<const CountedSample&>(*group.front()).sample, order.group(turn).front());
  }
}

TEST(Loader, LeavesOutWhatCannotBeUsed) {
  CountingJob job(8);
  job.fault = ErrorCode::kCorruptFile;  // of every third sample
  const Warnings warnings;
  Loader loader = loader_of(job, 4, 0, 2);
  EXPECT_EQ(loader.next().size() + loader.next().size(), 8U - 3U);
  EXPECT_NE(warnings.all().find("sample 3 is broken; left out"), std::string::npos);
}

// What is not the sample's fault is not passed over.
TEST(Loader, EndsWhereSomethingElseIsWrong) {
  for (const ErrorCode code : {ErrorCode::kInternal, ErrorCode::kOutOfMemory}) {
    CountingJob job(3);
    job.fault = code;
    Loader loader = loader_of(job, 1, 0, 3);
    EXPECT_TRUE(fails_with(
        [&] {
          for (int turn = 0; turn < 3; ++turn) loader.next();
        },
        code, "is broken"));
  }
}

}  // namespace
}  // namespace fo1::train
