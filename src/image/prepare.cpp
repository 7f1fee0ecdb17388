#include "image/prepare.h"

#include "image/resample.h"
#include "image/rgb_image.h"
#include "image/size_rules.h"

namespace fo1 {

PreparedImage prepare_image(const Image& image, const ImageConfig& config) {
  PreparedImage prepared;
  prepared.file = {image.width(), image.height()};
  prepared.loaded = enlarge_small_sides(prepared.file);
  prepared.resized = limit_long_side(prepared.loaded);

  at::Tensor rgb = rgb_tensor(image);  // [H, W, 3]
  rgb = resample(rgb, prepared.loaded, ResampleFilter::kBicubic);
  rgb = resample(rgb, prepared.resized, ResampleFilter::kBicubic);
  prepared.primary = primary_pixels(rgb, config.primary);
  prepared.auxiliary = auxiliary_pixels(rgb, config.auxiliary);
  return prepared;
}

}  // namespace fo1
