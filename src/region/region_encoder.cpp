#include "region/region_encoder.h"

#include <ATen/ATen.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

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
  explicit DistinctBoxes(std::span<const PreparedBoxes> pictures) {
    std::vector<at::Tensor> listed;
    for (const PreparedBoxes& picture : pictures) {
      check_boxes(picture.auxiliary);
      check_boxes(picture.primary);
      const at::Tensor number =
          at::full({picture.primary.size(0), 1}, static_cast<double>(listed.size()), at::kFloat);
      listed.push_back(at::cat({number, picture.auxiliary, picture.primary}, 1));  // [R, 9]
    }
    const auto [unique, inverse, repeats] =
        at::unique_dim(at::cat(listed), /*dim=*/0, /*sorted=*/true, /*return_inverse=*/true);
    boxes = {unique.narrow(1, 1, 4).contiguous(), unique.narrow(1, 5, 4).contiguous()};
    row_of = inverse;
    const at::Tensor of_picture = unique.select(1, 0).to(at::kLong);
    const at::Tensor each = at::bincount(of_picture, {}, static_cast<int64_t>(pictures.size()));
    counts.assign(each.data_ptr<int64_t>(), each.data_ptr<int64_t>() + each.numel());
  }

  PreparedBoxes boxes;
  std::vector<int64_t> counts;  // of each picture's
  at::Tensor row_of;            // [R]: row of each listed box in `boxes`
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
  const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::autocast_dispatch_keyset);
  const at::Tensor& last = primary.back();
  return {
      .auxiliary = choose(auxiliary, config.auxiliary_chosen),
      .primary = pyramid ? pyramid(last.to(at::kFloat)) : choose(primary, config.primary_chosen),
      .auxiliary_image = covered(auxiliary.front(), config.auxiliary_stride),
      .primary_image = covered(last, config.primary_stride),
  };
}

at::Tensor RegionEncoderImpl::auxiliary_feature(const RegionMaps& maps, const at::Tensor& boxes,
                                                at::IntArrayRef counts, Positions positions) {
  const bool embed_cells = config.embeds_cells() && positions == Positions::kConfigured;
  const auto stride = static_cast<double>(maps.auxiliary_image.width) /
                      static_cast<double>(maps.auxiliary.front().size(3));
  at::Tensor feature =
      pool_enlarged(maps.auxiliary, boxes, {stride, config.bins, embed_cells}, counts);
  if (auxiliary_norm) feature = auxiliary_norm(feature);
  if (config.embeds_box_before_fusion()) {
    feature += box_embedding(boxes.to(feature.device()), maps.auxiliary_image, feature.size(1));
  }
  return feature;
}

at::Tensor RegionEncoderImpl::primary_feature(const RegionMaps& maps, const at::Tensor& boxes,
                                              at::IntArrayRef counts) {
  const RegionPooling pooling{static_cast<double>(config.primary_stride), config.bins};
  at::Tensor feature = pyramid ? pool_pyramid(maps.primary, boxes, pooling, counts)
                               : pool_enlarged(maps.primary, boxes, pooling, counts);
  if (primary_norm && !config.primary_only) feature = primary_norm(feature);
  if (config.box_position == BoxPosition::kEachTower) {
    feature += box_embedding(boxes.to(feature.device()), maps.primary_image, feature.size(1));
  }
  return feature;
}

at::Tensor RegionEncoderImpl::fused_feature(const RegionMaps& maps, const PreparedBoxes& boxes,
                                            at::IntArrayRef counts, Positions positions) {
  if (config.auxiliary_only) return auxiliary_feature(maps, boxes.auxiliary, counts, positions);
  if (config.primary_only) return primary_feature(maps, boxes.primary, counts);
  const at::Tensor primary = primary_feature(maps, boxes.primary, counts);
  const at::Tensor auxiliary = auxiliary_feature(maps, boxes.auxiliary, counts, positions);
  if (config.fusion == Fusion::kMean) return (auxiliary + primary) / 2;
  return at::cat({auxiliary, primary}, 1);
}

at::Tensor RegionEncoderImpl::encode(const RegionMaps& maps, const PreparedBoxes& boxes,
                                     Positions positions) {
  return encode(maps, std::span(&boxes, 1), positions);
}

at::Tensor RegionEncoderImpl::encode(const RegionMaps& maps,
                                     std::span<const PreparedBoxes> pictures, Positions positions) {
  const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::autocast_dispatch_keyset);
  const at::Device device = maps.primary.front().device();
  const DistinctBoxes distinct(pictures);
  if (distinct.boxes.primary.size(0) == 0) {
    return at::zeros({0, config.width()}, at::TensorOptions().device(device).dtype(at::kFloat));
  }
  at::Tensor feature = fused_feature(maps, distinct.boxes, distinct.counts, positions);
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
