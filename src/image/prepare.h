// From the caller's picture to what both encoders take in.
#pragma once

#include "base/stage_types.h"
#include "fo1/types.h"
#include "image/auxiliary_pixels.h"
#include "image/primary_pixels.h"

namespace fo1 {

struct ImageConfig {
  PrimaryPixelsConfig primary;
  AuxiliaryPixelsConfig auxiliary;
};

PreparedImage prepare_image(const Image& image, const ImageConfig& config);

}  // namespace fo1
