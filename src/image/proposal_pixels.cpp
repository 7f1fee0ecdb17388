#include "image/proposal_pixels.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "image/normalize.h"
#include "image/resample.h"
#include "image/rgb_image.h"

namespace fo1 {
namespace {

// What a pixel value becomes, in float32 step by step.
NormalizationTable table_of(const PictureRule& rule) {
  NormalizationTable table;
  for (std::size_t c = 0; c < 3; ++c) {
    const auto mean = static_cast<float>(rule.mean[c]), std = static_cast<float>(rule.std[c]);
    for (std::size_t value = 0; value < 256; ++value) {
      const auto level = static_cast<float>(value);
      table[c][value] =
          ((rule.white == 255 ? level : level / 255 * static_cast<float>(rule.white)) - mean) / std;
    }
  }
  return table;
}

}  // namespace

Size fit_short_side(Size picture, std::int64_t short_side, std::int64_t long_side) {
  const auto [shorter, longer] = std::minmax(picture.width, picture.height);
  const auto low = static_cast<double>(shorter), high = static_cast<double>(longer);
  auto side = static_cast<double>(short_side);
  if (high / low * side > static_cast<double>(long_side)) {
    side = std::max(std::nearbyint(static_cast<double>(long_side) * low / high), 1.0);
  }
  const auto result = static_cast<std::int64_t>(side);
  if (shorter == result) return picture;
  const auto other = static_cast<std::int64_t>(side * high / low);
  return picture.width < picture.height ? Size{result, other} : Size{other, result};
}

at::Tensor proposal_pixels(const at::Tensor& rgb, const PictureRule& rule) {
  const Size picture{rgb.size(1), rgb.size(0)};
  const Size size = rule.fit == PictureRule::Fit::kStretch
                        ? rule.stretched
                        : fit_short_side(picture, rule.short_side, rule.long_side);
  require_supported_size(size, "the picture resized for proposals");
  return normalized_planes(resample(rgb, size, ResampleFilter::kBilinear), table_of(rule));
}

}  // namespace fo1
