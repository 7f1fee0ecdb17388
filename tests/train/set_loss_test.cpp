// Matching predictions to true boxes, and the loss of the match.
#include "train/set_loss.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "support/close.h"
#include "support/errors.h"
#include "train/assignment.h"

namespace fo1::train {
namespace {

using test::fails_with;

double cost_of(const at::Tensor& costs, const std::vector<std::int64_t>& columns) {
  double sum = 0;
  for (std::size_t row = 0; row < columns.size(); ++row) {
    sum += costs[static_cast<std::int64_t>(row)][columns[row]].item<double>();
  }
  return sum;
}

// By trying every order of the columns.
double least_cost(const at::Tensor& costs) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(costs.size(1)));
  std::iota(order.begin(), order.end(), 0);
  double least = std::numeric_limits<double>::infinity();
  do {
    least = std::min(
        least, cost_of(costs, {order.begin(), order.begin() + static_cast<long>(costs.size(0))}));
  } while (std::next_permutation(order.begin(), order.end()));
  return least;
}

TEST(Assign, CostsTheLeast) {
  at::manual_seed(1);
  for (int trial = 0; trial < 60; ++trial) {
    const std::int64_t columns = 1 + trial % 6, rows = trial % (columns + 1);
    // Whole numbers tie often; some are negative.
    const at::Tensor costs = trial % 2 ? at::randn({rows, columns}, at::kDouble)
                                       : at::randint(-3, 4, {rows, columns}, at::kDouble);
    std::vector<std::int64_t> chosen = assign(costs);
    EXPECT_NEAR(cost_of(costs, chosen), least_cost(costs), 1e-9) << costs;
    std::sort(chosen.begin(), chosen.end());
    EXPECT_EQ(std::adjacent_find(chosen.begin(), chosen.end()), chosen.end());
  }
}

TEST(Assign, RefusesWhatHasNoAnswer) {
  EXPECT_TRUE(fails_with(
      [] {
        assign(at::zeros({3, 2}));
      },
      ErrorCode::kInvalidArgument, "3 rows cannot be assigned to 2 columns"));
  EXPECT_TRUE(fails_with(
      [] {
        assign(at::full({1, 2}, NAN));
      },
      ErrorCode::kInternal, "not finite"));
}

at::Tensor boxes_of(std::vector<double> values) {
  return at::tensor(values, at::kFloat).view({-1, 4});
}

TEST(GeneralisedIou, KnownPairs) {
  const at::Tensor a = boxes_of({0.5, 0.5, 0.2, 0.2,  //
                                 0.1, 0.5, 0.2, 0.2,  //
                                 0.5, 0.5, 0.4, 0.4,  //
                                 0.5, 0.5, 0.0, 0.0});
  const at::Tensor b = boxes_of({0.5, 0.5, 0.2, 0.2,  //
                                 0.5, 0.5, 0.2, 0.2,  // apart: hull 0.6 x 0.2, a third of it empty
                                 0.5, 0.5, 0.2, 0.2,  // inside
                                 0.5, 0.5, 0.0, 0.0});
  EXPECT_TRUE(test::close_absolute(generalised_iou(a, b),
                                   at::tensor({1.0f, -1.0f / 3, 0.25f, 0.0f}), 1e-5));
  EXPECT_TRUE(at::allclose(generalised_iou(a, b), generalised_iou(b, a)));
}

TEST(SetLoss, MatchesEachTrueBoxToItsPrediction) {
  const at::Tensor boxes = boxes_of({0.2, 0.2, 0.1, 0.1, 0.8, 0.8, 0.1, 0.1, 0.5, 0.5, 0.3, 0.3});
  const at::Tensor truth = boxes_of({0.8, 0.79, 0.1, 0.1, 0.2, 0.21, 0.1, 0.1});
  EXPECT_EQ(match(at::zeros({3}), boxes, truth, {}), (std::vector<std::int64_t>{1, 0}));
  // Of two boxes at one place, the more certain one.
  const at::Tensor twice = boxes_of({0.2, 0.2, 0.1, 0.1, 0.2, 0.2, 0.1, 0.1});
  EXPECT_EQ(match(at::tensor({-2.0f, 2.0f}), twice, twice.narrow(0, 0, 1), {}),
            (std::vector<std::int64_t>{1}));
}

TEST(SetLoss, IsNearNothingForARightAnswer) {
  const at::Tensor truth = boxes_of({0.2, 0.3, 0.1, 0.1, 0.8, 0.6, 0.2, 0.1});
  const at::Tensor boxes = at::cat({truth, boxes_of({0.5, 0.5, 0.3, 0.3})});
  const SetLossConfig config;
  const auto total = [&](std::vector<float> logits, const at::Tensor& predicted) {
    return set_loss(at::tensor(logits), predicted, truth, config).total(config).item<float>();
  };
  EXPECT_LT(total({9, 9, -9}, boxes), 1e-3);
  EXPECT_GT(total({9, -9, -9}, boxes), 0.5);        // one is missed
  EXPECT_GT(total({9, 9, 9}, boxes), 0.5);          // one is too many
  EXPECT_GT(total({9, 9, -9}, boxes + 0.05), 0.5);  // all are a little off
}

TEST(SetLoss, WithoutTrueBoxesEverythingIsToBeNothing) {
  const at::Tensor logits = at::tensor({0.0f, 1.0f}).requires_grad_(true);
  const SetLoss loss =
      set_loss(logits, boxes_of({0.5, 0.5, 1, 1, 0.5, 0.5, 1, 1}), at::empty({0, 4}), {});
  EXPECT_EQ(loss.distance.item<float>() + loss.overlap.item<float>(), 0);
  loss.focal.backward();
  EXPECT_TRUE((logits.grad() > 0).all().item<bool>());
}

TEST(SetLoss, DescendsToTheTruth) {
  at::manual_seed(3);
  const at::Tensor truth = boxes_of({0.2, 0.3, 0.1, 0.1, 0.8, 0.6, 0.2, 0.1});
  at::Tensor logits = at::zeros({6}).requires_grad_(true);
  at::Tensor raw = at::randn({6, 4}).requires_grad_(true);
  const SetLossConfig config;
  constexpr int kSteps = 800;
  for (int step = 0; step < kSteps; ++step) {
    const at::Tensor loss = set_loss(logits, raw.sigmoid(), truth, config).total(config);
    loss.backward();
    const at::NoGradGuard no_grad;
    for (at::Tensor* value : {&logits, &raw}) {
      value->sub_(0.1 * (kSteps - step) / kSteps * value->grad().clamp(-1, 1));
      value->mutable_grad().zero_();
    }
  }
  const at::NoGradGuard no_grad;
  const auto chosen = at::tensor(match(logits, raw.sigmoid(), truth, config));
  EXPECT_GT(generalised_iou(raw.sigmoid().index_select(0, chosen), truth).min().item<float>(), 0.8);
  EXPECT_TRUE((logits.index_select(0, chosen) > 0).all().item<bool>());
  EXPECT_EQ((logits > 0).sum().item<std::int64_t>(), 2);
}

}  // namespace
}  // namespace fo1::train
