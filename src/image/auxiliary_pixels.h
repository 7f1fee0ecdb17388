// Pixels for the auxiliary encoder.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>

#include "base/json.h"
#include "image/normalize.h"

namespace fo1 {

struct AuxiliaryPixelsConfig {
  std::string aspect_ratio = "squash";  // a row of the table in auxiliary_pixels.cpp
  std::int64_t image_size = 768;        // side of the square, where the aspect ratio asks for one
  ColourStatistics colours = kImageNetColours;

  void validate(const std::string& where) const;
};
// From config.json: aux_image_aspect_ratio; image_size, image_mean and image_std of
// aux_vision_config. (aux_image_size has no effect on the pixels.)
AuxiliaryPixelsConfig auxiliary_pixels_config_from(const JsonView& json);

// rgb: [H, W, 3] uint8 -> [1, 3, H', W'] float32, normalised.
at::Tensor auxiliary_pixels(const at::Tensor& rgb, const AuxiliaryPixelsConfig& config);

}  // namespace fo1
