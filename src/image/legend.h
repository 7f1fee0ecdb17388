// What each colour of a drawing means.
#pragma once

#include <string>
#include <vector>

#include "image/label_font.h"
#include "image/palette.h"
#include "image/rgb_image.h"

namespace fo1 {

struct LegendEntry {
  Colour colour;
  std::string text;
};

// The picture with a strip beneath it that lists the entries, as many a line as fit.
RgbImage with_legend(const RgbImage& picture, const std::vector<LegendEntry>& entries,
                     const LabelStyle& style, LabelFonts& fonts);

}  // namespace fo1
