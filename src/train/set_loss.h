// The loss of a set of predicted boxes against the true ones: each true box is matched to one
// prediction, all others must say that there is nothing (DETR, arXiv 2005.12872, section 3.1, with
// the focal loss and costs of Deformable DETR, arXiv 2010.04159, appendix A.4).
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace fo1::train {

struct SetLossConfig {
  double focal_alpha = 0.25, focal_gamma = 2;                        // arXiv 1708.02002
  double focal_cost = 2, distance_cost = 5, overlap_cost = 2;        // of a match
  double focal_weight = 1, distance_weight = 5, overlap_weight = 2;  // of the loss
};

// Scalars, float32, not yet weighted; each divided by the number of true boxes (at least 1).
struct SetLoss {
  at::Tensor focal;     // of all logits
  at::Tensor distance;  // L1, of matched boxes
  at::Tensor overlap;   // 1 - generalised IoU, of matched boxes

  at::Tensor total(const SetLossConfig& config) const;
};

// Boxes are cxcywh in fractions of the picture. Generalised intersection over union (arXiv
// 1902.09630) of a [..., 4] with b [..., 4], broadcast -> [...], from -1 to 1.
at::Tensor generalised_iou(const at::Tensor& a, const at::Tensor& b);

// Of each true box, the prediction that is to become it. logits: [Q]; boxes: [Q, 4]; truth: [T, 4].
// Throws what assign() throws.
std::vector<std::int64_t> match(const at::Tensor& logits, const at::Tensor& boxes,
                                const at::Tensor& truth, const SetLossConfig& config);

SetLoss set_loss(const at::Tensor& logits, const at::Tensor& boxes, const at::Tensor& truth,
                 const SetLossConfig& config);

}  // namespace fo1::train
