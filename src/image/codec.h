// Encoded pictures to pixels and back. The only file that knows OpenCV's codecs.
#pragma once

#include <string>
#include <string_view>

#include "image/rgb_image.h"

namespace fo1 {

// PNG, JPEG, WebP or BMP to 8-bit RGB, pixels as stored: grey and palette become RGB, alpha is
// dropped (not blended), of 16 bits the upper 8 are kept, EXIF orientation, gamma and colour
// profiles are ignored. `name` stands for the picture in errors. Throws kCorruptFile (not such a
// picture, truncated, damaged), kUnsupported (too large, animated) or kOutOfMemory; too large is
// known before memory is taken. Bits that flip inside the coded pixels of a JPEG cannot be told
// from a picture: it is decoded, and libjpeg may say so on stderr.
RgbImage decode_picture(std::string_view bytes, const std::string& name);

// The file format that belongs to the path's ending: ".png", ".jpg" or ".jpeg", in any case.
// Throws kInvalidArgument naming the path for any other.
std::string picture_extension(const std::string& path);

// The bytes of a picture file. `extension` is one that picture_extension() returned.
std::string encode_picture(const RgbImage& image, const std::string& extension);

}  // namespace fo1
