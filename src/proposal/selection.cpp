#include "proposal/selection.h"

#include <ATen/ATen.h>

#include "ops/nms.h"

namespace fo1 {
namespace {

Candidates pick(const Candidates& from, const at::Tensor& index) {
  return {from.boxes.index_select(0, index), from.scores.index_select(0, index),
          from.labels.defined() ? from.labels.index_select(0, index) : at::Tensor()};
}

// [N], bool
at::Tensor good_enough(const Candidates& all, const Selection& selection) {
  const auto least = static_cast<float>(selection.min_score);
  const at::Tensor scored = selection.strictly ? all.scores > least : all.scores >= least;
  const at::Tensor sides = all.boxes.narrow(1, 2, 2) - all.boxes.narrow(1, 0, 2);
  const at::Tensor whole = all.boxes.isfinite().all(1);
  if (selection.min_side <= 0) return scored & whole;
  return scored & whole & (sides >= selection.min_side).all(1);
}

at::Tensor unsuppressed(const Candidates& all, const Selection& selection) {
  if (selection.max_iou <= 0) {
    return std::get<1>(all.scores.sort(/*stable=*/true, 0, /*descending=*/true));
  }
  if (selection.by_class && all.labels.defined()) {
    return nms_by_class(all.boxes, all.scores, all.labels, selection.max_iou, selection.most);
  }
  return nms(all.boxes, all.scores, selection.max_iou, selection.most);
}

at::Tensor clipped(const at::Tensor& boxes, Size picture) {
  const at::Tensor corner = at::tensor(
      {static_cast<float>(picture.width), static_cast<float>(picture.height)}, at::kFloat);
  return boxes.clamp_min(0).minimum(corner.repeat({2}));
}

}  // namespace

Candidates select(const Candidates& candidates, Size picture, const Selection& selection) {
  Candidates kept = pick(candidates, good_enough(candidates, selection).nonzero().squeeze(1));
  at::Tensor order = unsuppressed(kept, selection);
  if (selection.most > 0) order = order.narrow(0, 0, std::min(order.numel(), selection.most));
  kept = pick(kept, order);
  if (selection.clip) kept.boxes = clipped(kept.boxes, picture);
  return kept;
}

Candidates join(const std::vector<Candidates>& parts) {
  std::vector<at::Tensor> boxes, scores, labels;
  for (const Candidates& part : parts) {
    boxes.push_back(part.boxes);
    scores.push_back(part.scores);
    if (part.labels.defined()) labels.push_back(part.labels);
  }
  if (parts.empty()) return {at::empty({0, 4}, at::kFloat), at::empty({0}, at::kFloat), {}};
  return {at::cat(boxes), at::cat(scores),
          labels.size() == parts.size() ? at::cat(labels) : at::Tensor()};
}

}  // namespace fo1
