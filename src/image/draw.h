// A picture of what was found.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fo1/types.h"
#include "image/rgb_image.h"

namespace fo1 {

struct DrawnItem {
  Box box;            // pixels of the image
  std::string label;  // UTF-8; empty: no text
  std::optional<double> score;
};

// Whole number of times a small picture is enlarged before it is drawn on, so that lines and text
// leave something to see: its short side gets 400 px or more, unless its long side exceeds 2000.
std::int64_t drawing_scale(Size image);

// One colour per label, the same in every picture as long as its labels do not compete for it.
// Outlines get thinner on small boxes and thicker on large pictures. Each box carries its label and
// score where they hide no other label; where one finds no place, a legend under the picture names
// all colours. Throws kInvalidArgument naming boxes[i] when a coordinate is not finite, kNotFound
// when no font is installed.
RgbImage draw_items(const Image& image, const std::vector<DrawnItem>& items);

// The same, written to `path` (whole or not at all) as its ending says: .png, .jpg or .jpeg.
void draw_detections(const Image& image, const std::vector<DrawnItem>& items,
                     const std::string& path);

}  // namespace fo1
