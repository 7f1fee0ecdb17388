#include "ops/nms.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <vector>

namespace fo1 {
namespace {

template <class Number>
struct Corners {
  Number x1, y1, x2, y2;

  Number area() const { return (x2 - x1) * (y2 - y1); }
};

// In this order of operations: the last bit decides at the threshold.
template <class Number>
Number overlap(const Corners<Number>& a, const Corners<Number>& b) {
  const Number width = std::max(std::min(a.x2, b.x2) - std::max(a.x1, b.x1), Number{0});
  const Number height = std::max(std::min(a.y2, b.y2) - std::max(a.y1, b.y1), Number{0});
  const Number shared = width * height;
  return shared / (a.area() + b.area() - shared);
}

// Walks the boxes in `order`. `competes(i, j)`: whether box i may suppress box j.
template <class Competes>
at::Tensor suppress(const at::Tensor& boxes, const at::Tensor& order, double max_iou, int64_t most,
                    Competes competes) {
  const at::Tensor packed = boxes.contiguous();
  const auto* box = reinterpret_cast<const Corners<float>*>(packed.const_data_ptr<float>());
  const int64_t* candidates = order.const_data_ptr<int64_t>();
  std::vector<int64_t> kept;
  for (int64_t rank = 0; rank < order.numel(); ++rank) {
    const int64_t candidate = candidates[rank];
    const bool beaten = std::any_of(kept.begin(), kept.end(), [&](int64_t better) {
      return competes(better, candidate) &&
             static_cast<double>(overlap(box[better], box[candidate])) > max_iou;
    });
    if (!beaten) kept.push_back(candidate);
    if (most > 0 && static_cast<int64_t>(kept.size()) == most) break;
  }
  return at::tensor(kept, at::kLong);
}

at::Tensor by_falling(const at::Tensor& scores) {
  return std::get<1>(scores.sort(/*stable=*/true, 0, /*descending=*/true)).contiguous();
}

}  // namespace

double intersection_over_union(const Box& a, const Box& b) {
  return overlap<double>({a.x1, a.y1, a.x2, a.y2}, {b.x1, b.y1, b.x2, b.y2});
}

at::Tensor nms(const at::Tensor& boxes, const at::Tensor& scores, double max_iou,
               std::int64_t most) {
  return suppress(boxes, by_falling(scores), max_iou, most, [](int64_t, int64_t) { return true; });
}

at::Tensor nms_by_class(const at::Tensor& boxes, const at::Tensor& scores,
                        const at::Tensor& classes, double max_iou, std::int64_t most) {
  const at::Tensor packed = classes.contiguous();
  const int64_t* label = packed.const_data_ptr<int64_t>();
  return suppress(boxes, by_falling(scores), max_iou, most,
                  [label](int64_t a, int64_t b) { return label[a] == label[b]; });
}

at::Tensor nms_in_order(const at::Tensor& boxes, std::int64_t sure, double max_iou) {
  return suppress(boxes, at::arange(boxes.size(0), at::kLong), max_iou, 0,
                  [sure](int64_t, int64_t candidate) { return candidate >= sure; });
}

}  // namespace fo1
