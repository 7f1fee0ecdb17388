#include "image/label_layout.h"

#include <algorithm>
#include <numeric>

namespace fo1 {
namespace {

// A label may hide a quarter of a box in all: of one, or a bit of several.
constexpr double kMostHidden = 0.25;

double area(const Box& box) {
  return (box.x2 - box.x1) * (box.y2 - box.y1);
}

double overlap(const Box& a, const Box& b) {
  const double width = std::min(a.x2, b.x2) - std::max(a.x1, b.x1);
  const double height = std::min(a.y2, b.y2) - std::max(a.y1, b.y1);
  return width > 0 && height > 0 ? width * height : 0;
}

// Places for a label at the edges of `box`, the most usual first, moved into the canvas.
std::vector<Box> candidates(const Box& box, Size label, Size canvas) {
  const auto w = static_cast<double>(label.width), h = static_cast<double>(label.height);
  const double middle_x = (box.x1 + box.x2 - w) / 2, middle_y = (box.y1 + box.y2 - h) / 2;
  const double corners[][2] = {
      {box.x1, box.y1 - h},     {box.x1, box.y2},       {box.x2 - w, box.y1 - h},
      {box.x2 - w, box.y2},     {middle_x, box.y1 - h}, {middle_x, box.y2},
      {box.x2, box.y1},         {box.x1 - w, box.y1},   {box.x2, middle_y},
      {box.x1 - w, middle_y},   {box.x2, box.y2 - h},   {box.x1 - w, box.y2 - h},
      {box.x1, box.y1},         {box.x2 - w, box.y1},   {box.x1, box.y2 - h},
      {box.x2 - w, box.y2 - h}, {middle_x, middle_y}};
  std::vector<Box> places;
  for (const auto& [left, top] : corners) {
    const double x = std::clamp(left, 0.0, std::max(0.0, static_cast<double>(canvas.width) - w));
    const double y = std::clamp(top, 0.0, std::max(0.0, static_cast<double>(canvas.height) - h));
    places.push_back({x, y, x + w, y + h});
  }
  return places;
}

// The shares of all boxes that a label at `place` would hide, added up.
double hidden_share(const Box& place, const std::vector<Box>& boxes) {
  double share = 0;
  for (const Box& box : boxes) share += overlap(place, box) / std::max(1.0, area(box));
  return share;
}

}  // namespace

std::vector<std::optional<Box>> place_labels(const std::vector<Box>& boxes,
                                             const std::vector<Size>& labels, Size canvas) {
  std::vector<std::size_t> order(boxes.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return area(boxes[a]) < area(boxes[b]); });
  std::vector<std::optional<Box>> places(boxes.size());
  std::vector<Box> taken;
  for (const std::size_t i : order) {
    double least_hidden = kMostHidden;
    for (const Box& place : candidates(boxes[i], labels[i], canvas)) {
      const bool free = std::none_of(taken.begin(), taken.end(),
                                     [&](const Box& other) { return overlap(place, other) > 0; });
      if (!free) continue;
      const double hidden = hidden_share(place, boxes);
      if (hidden >= least_hidden) continue;
      places[i] = place;
      least_hidden = hidden;
    }
    if (places[i]) taken.push_back(*places[i]);
  }
  return places;
}

}  // namespace fo1
