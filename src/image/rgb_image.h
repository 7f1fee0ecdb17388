// What stands behind fo1::Image.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <string>

#include "base/stage_types.h"
#include "fo1/types.h"

namespace fo1 {

struct RgbImage {
  Size size;
  std::unique_ptr<std::uint8_t[]> pixels;  // [height, width, 3]

  std::int64_t row_bytes() const { return size.width * 3; }
  std::int64_t byte_count() const { return size.height * row_bytes(); }
};

struct Image::Impl {
  RgbImage picture;
  std::string path;
};

// The largest picture taken in: 0.75 GiB as RGB. OpenCV's own codecs refuse longer sides.
inline constexpr std::int64_t kMaxImagePixels = std::int64_t{1} << 28;
inline constexpr std::int64_t kMaxImageSide = std::int64_t{1} << 20;

// Throws kUnsupported naming `name` for a picture beyond these limits. Sides are at least 1.
void require_supported_size(Size size, const std::string& name);

// Pixels are not initialised. Throws kUnsupported (too large) or kOutOfMemory, naming `name`.
RgbImage new_rgb_image(Size size, const std::string& name);

// [height, width, 3] uint8: the image's own pixels, kept alive by the tensor. Not to be written to.
at::Tensor rgb_tensor(const Image& image);

}  // namespace fo1
