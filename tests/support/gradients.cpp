#include "support/gradients.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "support/close.h"

namespace fo1::test {
namespace {

constexpr double kStep = 1e-3;  // of a parameter's norm
constexpr double kSlopeError = 0.03, kRounding = 4e-3;

struct Slope {
  std::string name;
  double expected = 0, measured = 0;
};

// By moving `parameter` a little in the direction of its gradient and of noise.
double measured_slope(at::Tensor parameter, const at::Tensor& direction,
                      const std::function<double()>& loss) {
  const at::NoGradGuard no_grad;
  const at::Tensor kept = parameter.clone();
  parameter.copy_(kept + kStep * direction);
  const double up = loss();
  parameter.copy_(kept - kStep * direction);
  const double down = loss();
  parameter.copy_(kept);
  return (up - down) / (2 * kStep);
}

bool ends_with_any(const std::string& name, const std::vector<std::string>& ends) {
  return std::ranges::any_of(ends, [&](const std::string& end) { return name.ends_with(end); });
}

}  // namespace

void fill_at_random(torch::nn::Module& module) {
  const at::NoGradGuard no_grad;
  at::manual_seed(1);
  for (const auto& item : module.named_parameters()) {
    at::Tensor value = item.value();
    if (value.dim() > 1) {
      value.normal_(0, 1 / std::sqrt(static_cast<double>(value.numel() / value.size(0))));
    } else {
      value.normal_(item.key().ends_with("weight") ? 1 : 0, 0.1);
    }
  }
}

void expect_gradients(torch::nn::Module& module, const std::function<at::Tensor()>& forward,
                      const std::vector<std::string>& may_be_unused) {
  fill_at_random(module);
  const auto plain = [&] {
    const at::NoGradGuard no_grad;
    return forward().to(at::kDouble);
  };
  const at::Tensor expected = plain();
  const at::Tensor weights = at::randn_like(expected) / std::sqrt(expected.numel());
  const auto loss = [&] { return (plain() * weights).sum().item<double>(); };

  for (at::Tensor& parameter : module.parameters()) parameter.requires_grad_(true);
  const at::Tensor out = forward().to(at::kDouble);
  EXPECT_TRUE(close_relative(out.detach(), expected, 1e-5));
  (out * weights).sum().backward();

  std::vector<Slope> slopes;
  double steepest = 0;
  for (const auto& item : module.named_parameters()) {
    const at::Tensor value = item.value().detach(), gradient = item.value().grad();
    if (!gradient.defined()) {
      EXPECT_TRUE(ends_with_any(item.key(), may_be_unused)) << item.key() << " has no gradient";
      continue;
    }
    at::Tensor direction = gradient / gradient.norm().clamp_min(1e-12) +
                           at::randn_like(gradient) / std::sqrt(gradient.numel());
    direction = direction * value.norm() / direction.norm();
    slopes.push_back({item.key(), (gradient * direction).sum().item<double>(),
                      measured_slope(value, direction, loss)});
    steepest = std::max(steepest, std::abs(slopes.back().expected));
  }
  EXPECT_GT(steepest, 0);
  for (const Slope& slope : slopes) {
    EXPECT_NEAR(slope.measured, slope.expected,
                kSlopeError * std::abs(slope.expected) + kRounding * steepest)
        << slope.name;
  }
}

}  // namespace fo1::test
