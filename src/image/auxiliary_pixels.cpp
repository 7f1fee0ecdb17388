#include "image/auxiliary_pixels.h"

#include <ATen/ATen.h>

#include "base/error.h"
#include "image/resample.h"
#include "image/size_rules.h"

namespace fo1 {
namespace {

struct AspectRatio {
  const char* name;
  Size (*size)(Size picture, std::int64_t side);
};
constexpr AspectRatio kAspectRatios[] = {
    {"squash",
     [](Size, std::int64_t side) {
       return Size{side, side};
     }},
    {"dynamic_square", [](Size picture, std::int64_t) { return nearest_square(picture); }},
    {"dynamic", [](Size picture, std::int64_t) { return picture; }},
};

const AspectRatio& aspect_ratio_of(const std::string& name, const std::string& where) {
  std::string known;
  for (const AspectRatio& row : kAspectRatios) {
    if (name == row.name) return row;
    known += cat(known.empty() ? "" : ", ", row.name);
  }
  fail(ErrorCode::kUnsupported, where, ": aux_image_aspect_ratio is ", quoted(name),
       ", expected one of ", known);
}

}  // namespace

void AuxiliaryPixelsConfig::validate(const std::string& where) const {
  aspect_ratio_of(aspect_ratio, where);
  if (image_size < 1 || image_size > 16384) {
    fail(ErrorCode::kCorruptFile, where, ": aux_vision_config.image_size is ", image_size,
         ", expected 1 to 16384");
  }
  colours.validate(where);
}

AuxiliaryPixelsConfig auxiliary_pixels_config_from(const JsonView& json) {
  AuxiliaryPixelsConfig config;
  config.aspect_ratio = json.get_or("aux_image_aspect_ratio", config.aspect_ratio);
  if (json.has("aux_vision_config")) {
    const JsonView vision = json.at("aux_vision_config");
    config.image_size = vision.get_or("image_size", config.image_size);
    config.colours = colour_statistics_from(vision, config.colours);
  }
  config.validate(json.where());
  return config;
}

at::Tensor auxiliary_pixels(const at::Tensor& rgb, const AuxiliaryPixelsConfig& config) {
  const Size size = aspect_ratio_of(config.aspect_ratio, "auxiliary pixels")
                        .size({rgb.size(1), rgb.size(0)}, config.image_size);
  return normalized_planes(resample(rgb, size, ResampleFilter::kBicubic),
                           normalization_table(config.colours));
}

}  // namespace fo1
