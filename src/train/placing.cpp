#include "train/placing.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace fo1::train {
namespace {

constexpr double kLeastPart = 1e-3;  // of a side: thinner boxes count as this thin
constexpr double kShare = 5;         // of the loss, beside that of naming

}  // namespace

at::Tensor places_of(const std::vector<Box>& boxes, Size picture) {
  const auto width = static_cast<double>(picture.width);
  const auto height = static_cast<double>(picture.height);
  std::vector<float> places;
  for (const Box& box : boxes) {
    const double w = std::max((box.x2 - box.x1) / width, kLeastPart);
    const double h = std::max((box.y2 - box.y1) / height, kLeastPart);
    for (const double value : {(box.x1 + box.x2) / (2 * width), (box.y1 + box.y2) / (2 * height),
                               std::log(w), std::log(h)}) {
      places.push_back(static_cast<float>(value));
    }
  }
  return at::tensor(places, at::kFloat).view({-1, 4});
}

PlacingHeadImpl::PlacingHeadImpl(std::int64_t width, const at::TensorOptions& options)
    : box(width, 4, true, options), width(width) {
  register_module("box", box);
}

PlacingLoss PlacingHeadImpl::loss(const at::Tensor& tokens, const at::Tensor& places) {
  const at::Tensor told = box->forward(at::layer_norm(tokens.to(at::kFloat), {width}));
  const at::Tensor off = (told.to(at::kFloat) - places).abs();
  return {off.mean() * kShare, off.detach().narrow(1, 0, 2).mean()};
}

}  // namespace fo1::train
