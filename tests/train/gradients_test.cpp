#include "train/gradients.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include "support/errors.h"
#include "train/counting_job.h"

namespace fo1::train {
namespace {

using test::fails_with;

class Threads {
 public:
  explicit Threads(int count) : before_(at::get_num_threads()) { at::set_num_threads(count); }
  ~Threads() { at::set_num_threads(before_); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

 private:
  int before_;
};

// The loss is the mean of the samples' numbers, times a weight; another weight has no share in it.
class ProductJob : public CountingJob {
 public:
  explicit ProductJob(std::int64_t samples) : CountingJob(samples) {
    weight = module_.register_parameter("weight", at::ones({1}));
    unused = module_.register_parameter("unused", at::ones({1}));
  }
  torch::nn::Module& module() override { return module_; }
  Losses loss(std::span<const std::unique_ptr<Prepared>> samples) override {
    double sum = 0;
    for (const auto& sample : samples) {
      const std::int64_t number = static_cast<const CountedSample&>(*sample).sample;
      if (number == broken) fail(ErrorCode::kInternal, "sample ", number, " has no loss");
      sum += static_cast<double>(number);
    }
    const at::Tensor loss = (weight * (sum / static_cast<double>(samples.size()))).sum();
    return {loss, {{"same", loss.detach()}}};
  }

  at::Tensor weight, unused;
  std::int64_t broken = -1;

 private:
  torch::nn::Module module_;
};

std::vector<Loader::Group> groups_of(const Job& job, const std::vector<std::int64_t>& sizes) {
  std::vector<Loader::Group> groups;
  std::int64_t next = 0;
  for (const std::int64_t size : sizes) {
    groups.emplace_back();
    for (std::int64_t s = 0; s < size; ++s) groups.back().push_back(job.prepare(next++, 0));
  }
  return groups;
}

TEST(AddGradients, IsOfTheMeanOverAllSamples) {
  for (const int count : {1, 2, 7}) {
    const Threads threads(count);
    ProductJob job(10);
    Losses sums;
    add_gradients(job, {}, groups_of(job, {1, 4, 0, 3, 2}), sums);
    EXPECT_FLOAT_EQ(job.weight.grad().item<float>(), 4.5F);
    EXPECT_FALSE(job.unused.grad().defined());
    EXPECT_FLOAT_EQ(sums.total.item<float>(), 4.5F);
    EXPECT_FLOAT_EQ(sums.parts.at(0).second.item<float>(), 4.5F);
    EXPECT_FALSE(sums.total.requires_grad());
    EXPECT_EQ(at::get_num_threads(), count);
  }
}

TEST(AddGradients, FrozenParametersHaveNone) {
  ProductJob job(2);
  job.unused.requires_grad_(false);
  Losses sums;
  add_gradients(job, {}, groups_of(job, {1, 1}), sums);
  EXPECT_TRUE(job.weight.grad().defined());
  EXPECT_FALSE(job.unused.grad().defined());
}

TEST(AddGradients, AnErrorOfAThreadIsTheCallers) {
  const Threads threads(2);
  ProductJob job(4);
  job.broken = 2;
  Losses sums;
  EXPECT_TRUE(fails_with(
      [&] {
        add_gradients(job, {}, groups_of(job, {1, 1, 1, 1}), sums);
      },
      ErrorCode::kInternal, "sample 2 has no loss"));
  EXPECT_EQ(at::get_num_threads(), 2);
}

}  // namespace
}  // namespace fo1::train
