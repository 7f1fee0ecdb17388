#include "train/order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <stdexcept>

namespace fo1::train {
namespace {

// Nothing but samples of two shapes: even ones and odd ones.
class CountingJob : public Job {
 public:
  explicit CountingJob(std::int64_t samples) : samples_(samples) {}
  torch::nn::Module& module() override { throw std::logic_error("not asked for"); }
  std::int64_t samples() const override { return samples_; }
  std::int64_t shape(std::int64_t sample) const override { return sample % 2; }
  std::unique_ptr<Prepared> prepare(std::int64_t, std::int64_t) const override { return nullptr; }
  Losses loss(std::span<const std::unique_ptr<Prepared>>) override { return {}; }
  std::string checkpoint_name(const std::string& parameter) const override { return parameter; }
  void write(const std::string&, const NamedTensors&) const override {}
  void improve_random_weights() override {}
  void load(const Checkpoint&) override {}

 private:
  std::int64_t samples_;
};

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

}  // namespace
}  // namespace fo1::train
