// OpenCV's view of a picture. Included by .cpp files only.
#pragma once

#include <opencv2/core.hpp>

#include "image/rgb_image.h"

namespace fo1 {

// Borrows the image's pixels: what is drawn on the matrix is drawn on the image.
inline cv::Mat matrix_over(const RgbImage& image) {
  return {static_cast<int>(image.size.height), static_cast<int>(image.size.width), CV_8UC3,
          image.pixels.get()};
}

}  // namespace fo1
