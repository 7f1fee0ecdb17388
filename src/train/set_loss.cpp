#include "train/set_loss.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "train/assignment.h"

namespace fo1::train {
namespace {

constexpr double kLeastArea = 1e-9;  // of the picture: boxes without area divide nothing by zero

struct Corners {
  at::Tensor first, last;  // [..., 2]
};

Corners corners(const at::Tensor& boxes) {
  const at::Tensor centre = boxes.narrow(-1, 0, 2), half = boxes.narrow(-1, 2, 2) / 2;
  return {centre - half, centre + half};
}

at::Tensor area(const at::Tensor& sides) {
  return sides.clamp_min(0).prod(-1);
}

// -log of the probability of "something" and of "nothing", weighted down where it is easy.
at::Tensor something(const at::Tensor& logits, const SetLossConfig& config) {
  return config.focal_alpha * logits.neg().sigmoid().pow(config.focal_gamma) *
         at::softplus(logits.neg());
}

at::Tensor nothing(const at::Tensor& logits, const SetLossConfig& config) {
  return (1 - config.focal_alpha) * logits.sigmoid().pow(config.focal_gamma) * at::softplus(logits);
}

}  // namespace

at::Tensor generalised_iou(const at::Tensor& a, const at::Tensor& b) {
  const Corners one = corners(a), other = corners(b);
  const at::Tensor inside = area(one.last.minimum(other.last) - one.first.maximum(other.first));
  const at::Tensor hull = area(one.last.maximum(other.last) - one.first.minimum(other.first));
  const at::Tensor both = area(one.last - one.first) + area(other.last - other.first) - inside;
  return inside / both.clamp_min(kLeastArea) - (hull - both) / hull.clamp_min(kLeastArea);
}

std::vector<std::int64_t> match(const at::Tensor& logits, const at::Tensor& boxes,
                                const at::Tensor& truth, const SetLossConfig& config) {
  const at::NoGradGuard no_grad;
  const at::Tensor focal = something(logits, config) - nothing(logits, config);        // [Q]
  const at::Tensor distance = at::cdist(truth, boxes, /*p=*/1);                        // [T, Q]
  const at::Tensor overlap = generalised_iou(truth.unsqueeze(1), boxes.unsqueeze(0));  // [T, Q]
  return assign(config.focal_cost * focal + config.distance_cost * distance -
                config.overlap_cost * overlap);
}

SetLoss set_loss(const at::Tensor& logits, const at::Tensor& boxes, const at::Tensor& truth,
                 const SetLossConfig& config) {
  const double count = static_cast<double>(std::max<std::int64_t>(truth.size(0), 1));
  const at::Tensor chosen =
      at::tensor(match(logits, boxes, truth, config), at::kLong).to(logits.device());
  const at::Tensor is_chosen = at::zeros_like(logits, at::kBool).index_fill(0, chosen, true);
  const at::Tensor matched = boxes.index_select(0, chosen);
  SetLoss loss;
  loss.focal =
      at::where(is_chosen, something(logits, config), nothing(logits, config)).sum() / count;
  loss.distance = (matched - truth).abs().sum() / count;
  loss.overlap = (1 - generalised_iou(matched, truth)).sum() / count;
  return loss;
}

at::Tensor SetLoss::total(const SetLossConfig& config) const {
  return config.focal_weight * focal + config.distance_weight * distance +
         config.overlap_weight * overlap;
}

}  // namespace fo1::train
