#include "image/boxes.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace fo1 {
namespace {

template <class MoveX, class MoveY>
std::vector<Box> move_corners(std::vector<Box> boxes, MoveX move_x, MoveY move_y) {
  for (Box& box : boxes) box = {move_x(box.x1), move_y(box.y1), move_x(box.x2), move_y(box.y2)};
  return boxes;
}

double ratio(std::int64_t to, std::int64_t from) {
  return static_cast<double>(to) / static_cast<double>(from);
}

}  // namespace

at::Tensor box_tensor(const std::vector<Box>& boxes) {
  at::Tensor out = at::empty({static_cast<std::int64_t>(boxes.size()), 4}, at::kFloat);
  float* number = out.mutable_data_ptr<float>();
  for (const Box& box : boxes) {
    for (const double corner : {box.x1, box.y1, box.x2, box.y2}) {
      *number++ = static_cast<float>(corner);
    }
  }
  return out;
}

void require_finite(const std::vector<Box>& boxes) {
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const Box& box = boxes[i];
    for (const double corner : {box.x1, box.y1, box.x2, box.y2}) {
      if (std::isfinite(corner)) continue;
      fail(ErrorCode::kInvalidArgument, "boxes[", i, "] is [", box.x1, ", ", box.y1, ", ", box.x2,
           ", ", box.y2, "]: expected finite numbers");
    }
  }
}

// The order of operations here and below decides the last bit, and so whether clipping touches.
std::vector<Box> scale_boxes(std::vector<Box> boxes, Size from, Size to) {
  const double scale_x = ratio(to.width, from.width), scale_y = ratio(to.height, from.height);
  return move_corners(
      std::move(boxes), [=](double x) { return x * scale_x; },
      [=](double y) { return y * scale_y; });
}

std::vector<Box> clip_and_scale_boxes(std::vector<Box> boxes, Size from, Size to) {
  const auto move = [](double corner, std::int64_t from_side, std::int64_t to_side) {
    const auto limit = static_cast<double>(from_side);
    return std::clamp(corner, 0.0, limit) * static_cast<double>(to_side) / limit;
  };
  return move_corners(
      std::move(boxes), [=](double x) { return move(x, from.width, to.width); },
      [=](double y) { return move(y, from.height, to.height); });
}

PreparedBoxes prepare_boxes(const std::vector<Box>& boxes, const PreparedImage& image) {
  require_finite(boxes);
  const Size auxiliary = image.auxiliary_size();
  const Size primary = image.primary.size();
  const std::vector<Box> resized = scale_boxes(boxes, image.loaded, image.resized);
  const at::Tensor on_auxiliary =
      box_tensor(clip_and_scale_boxes(resized, image.resized, auxiliary));
  const auto scale_x = static_cast<float>(ratio(primary.width, auxiliary.width));
  const auto scale_y = static_cast<float>(ratio(primary.height, auxiliary.height));
  const at::Tensor scales =
      at::tensor({scale_x, scale_y, scale_x, scale_y}, on_auxiliary.options());
  return {on_auxiliary, on_auxiliary * scales};
}

}  // namespace fo1
