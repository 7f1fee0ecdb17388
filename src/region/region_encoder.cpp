#include "region/region_encoder.h"

#include <ATen/ATen.h>

#include "ops/roi_weights.h"
#include "region/box_embedding.h"
#include "region/region_pooling.h"

namespace fo1 {
namespace {

constexpr double kNormEps = 1e-5;

// Pixels under a map.
Size covered(const at::Tensor& map, int64_t stride) {
  return {.width = map.size(3) * stride, .height = map.size(2) * stride};
}

// levels: empty for all.
FeatureMaps choose(const FeatureMaps& maps, const std::vector<int64_t>& levels) {
  if (levels.empty()) return maps;
  FeatureMaps chosen;
  for (const int64_t level : levels) chosen.push_back(maps[static_cast<std::size_t>(level)]);
  return chosen;
}

// Matrix products round by position in the batch. Each box is therefore pooled once and in an order
// of their own, so that a region's row cannot depend on how the caller listed the boxes.
struct DistinctBoxes {
  explicit DistinctBoxes(const PreparedBoxes& listed) {
    check_boxes(listed.auxiliary);
    check_boxes(listed.primary);
    const at::Tensor both = at::cat({listed.auxiliary, listed.primary}, 1);  // [R, 8]
    const auto [unique, inverse, counts] =
        at::unique_dim(both, /*dim=*/0, /*sorted=*/true, /*return_inverse=*/true);
    boxes = {unique.narrow(1, 0, 4), unique.narrow(1, 4, 4)};
    row_of = inverse;
  }

  PreparedBoxes boxes;
  at::Tensor row_of;  // [R]: row of each listed box in `boxes`
};

}  // namespace

RegionEncoderImpl::RegionEncoderImpl(const RegionConfig& config, at::Device device)
    : config(config) {
  const at::TensorOptions options = at::TensorOptions().device(device).dtype(at::kFloat);
  if (config.primary_pyramid && !config.auxiliary_only) {
    pyramid =
        register_module("simple_fpn", SimpleFpn(config.primary_dim, config.pyramid_dim, options));
  }
  if (!config.layer_norm) return;
  if (!config.auxiliary_only) {
    primary_norm =
        register_module("vt_region_norm", LayerNorm(config.primary_width(), kNormEps, options));
  }
  if (config.primary_only) return;
  auxiliary_norm =
      register_module("aux_region_norm", LayerNorm(config.auxiliary_width(), kNormEps, options));
}

RegionMaps RegionEncoderImpl::prepare(const FeatureMaps& auxiliary, const FeatureMaps& primary) {
  const at::Tensor& last = primary.back();
  return {
      .auxiliary = choose(auxiliary, config.auxiliary_chosen),
      .primary = pyramid ? pyramid(last.to(at::kFloat)) : choose(primary, config.primary_chosen),
      .auxiliary_image = covered(auxiliary.front(), config.auxiliary_stride),
      .primary_image = covered(last, config.primary_stride),
  };
}

at::Tensor RegionEncoderImpl::auxiliary_feature(const RegionMaps& maps, const at::Tensor& boxes,
                                                Positions positions) {
  const bool embed_cells = config.embeds_cells() && positions == Positions::kConfigured;
  const auto stride = static_cast<double>(maps.auxiliary_image.width) /
                      static_cast<double>(maps.auxiliary.front().size(3));
  at::Tensor feature = pool_enlarged(maps.auxiliary, boxes, {stride, config.bins, embed_cells});
  if (auxiliary_norm) feature = auxiliary_norm(feature);
  if (config.embeds_box_before_fusion()) {
    feature += box_embedding(boxes.to(feature.device()), maps.auxiliary_image, feature.size(1));
  }
  return feature;
}

at::Tensor RegionEncoderImpl::primary_feature(const RegionMaps& maps, const at::Tensor& boxes) {
  const RegionPooling pooling{static_cast<double>(config.primary_stride), config.bins};
  at::Tensor feature = pyramid ? pool_pyramid(maps.primary, boxes, pooling)
                               : pool_enlarged(maps.primary, boxes, pooling);
  if (primary_norm && !config.primary_only) feature = primary_norm(feature);
  if (config.box_position == BoxPosition::kEachTower) {
    feature += box_embedding(boxes.to(feature.device()), maps.primary_image, feature.size(1));
  }
  return feature;
}

at::Tensor RegionEncoderImpl::fused_feature(const RegionMaps& maps, const PreparedBoxes& boxes,
                                            Positions positions) {
  if (config.auxiliary_only) return auxiliary_feature(maps, boxes.auxiliary, positions);
  if (config.primary_only) return primary_feature(maps, boxes.primary);
  const at::Tensor primary = primary_feature(maps, boxes.primary);
  const at::Tensor auxiliary = auxiliary_feature(maps, boxes.auxiliary, positions);
  if (config.fusion == Fusion::kMean) return (auxiliary + primary) / 2;
  return at::cat({auxiliary, primary}, 1);
}

at::Tensor RegionEncoderImpl::encode(const RegionMaps& maps, const PreparedBoxes& boxes,
                                     Positions positions) {
  const at::Device device = maps.primary.front().device();
  if (boxes.primary.size(0) == 0) {
    return at::zeros({0, config.width()}, at::TensorOptions().device(device).dtype(at::kFloat));
  }
  const DistinctBoxes distinct(boxes);
  at::Tensor feature = fused_feature(maps, distinct.boxes, positions);
  if (config.embeds_box() && positions == Positions::kConfigured) {
    const bool auxiliary = config.box_position == BoxPosition::kAuxiliaryBox;
    const at::Tensor& box = auxiliary ? distinct.boxes.auxiliary : distinct.boxes.primary;
    const Size image = auxiliary ? maps.auxiliary_image : maps.primary_image;
    feature += box_embedding(box.to(device), image, feature.size(1));
  }
  return feature.index({distinct.row_of.to(device)});
}

at::Tensor RegionEncoderImpl::forward(const FeatureMaps& auxiliary, const FeatureMaps& primary,
                                      const PreparedBoxes& boxes) {
  return encode(prepare(auxiliary, primary), boxes);
}

}  // namespace fo1
