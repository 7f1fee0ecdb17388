#include "proposal/boxes.h"

#include <ATen/ATen.h>

#include <cmath>
#include <string>

namespace fo1 {
namespace {

// Centres of a level's cells in cells, [H*W, 2]: x, y.
at::Tensor cell_centres(const Size& level, const at::TensorOptions& options) {
  const at::Tensor x = at::arange(level.width, options) + 0.5;
  const at::Tensor y = at::arange(level.height, options) + 0.5;
  return at::stack(
             {x.unsqueeze(0).expand({level.height, -1}), y.unsqueeze(1).expand({-1, level.width})},
             -1)
      .view({-1, 2});
}

}  // namespace

at::Tensor inverse_sigmoid(const at::Tensor& x, double eps) {
  const at::Tensor inside = x.clamp(0, 1);
  return at::log(inside.clamp_min(eps) / (1 - inside).clamp_min(eps));
}

CellBoxes cell_boxes(const LevelSizes& levels, at::Device device, const at::Tensor& pictures,
                     const CellBoxRule& rule) {
  const auto options = at::TensorOptions(device).dtype(at::kFloat);
  std::vector<at::Tensor> boxes;  // of each level, [B, H*W, 4]
  double side = rule.finest;
  for (std::size_t l = 0; l < levels.size(); ++l, side *= 2) {
    const at::Tensor picture = pictures.defined()
                                   ? pictures.select(1, static_cast<int64_t>(l)).unsqueeze(1)
                                   : at::tensor({static_cast<float>(levels[l].width),
                                                 static_cast<float>(levels[l].height)},
                                                at::kFloat)
                                         .to(device)
                                         .view({1, 1, 2});
    const at::Tensor centres = cell_centres(levels[l], options) / picture;  // [B, H*W, 2]
    boxes.push_back(at::cat({centres, at::full(centres.sizes(), side, options)}, -1));
  }
  const at::Tensor all = at::cat(boxes, 1);
  const at::Tensor valid = ((all > rule.least) & (all < rule.most)).all(-1, /*keepdim=*/true);
  const at::Tensor logits = at::log(all / (1 - all));
  return {at::where(valid, logits, at::full({}, INFINITY, options)), valid};
}

BoxHeadImpl::BoxHeadImpl(const std::vector<int64_t>& dims, const at::TensorOptions& options) {
  const auto list = register_module("layers", std::make_shared<torch::nn::Module>());
  for (std::size_t i = 0; i + 1 < dims.size(); ++i) {
    layers.push_back(
        list->register_module(std::to_string(i), Linear(dims[i], dims[i + 1], true, options)));
  }
}

at::Tensor BoxHeadImpl::forward(const at::Tensor& x) {
  at::Tensor y = x;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    y = layers[i](y);
    if (i + 1 < layers.size()) y = at::relu(y);
  }
  return y;
}

}  // namespace fo1
