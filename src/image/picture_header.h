// What an encoded picture says about itself, and whether it is all there: read before any pixel is
// decoded, so that a lying or broken file costs no memory.
#pragma once

#include <string>
#include <string_view>

#include "base/stage_types.h"

namespace fo1 {

struct PictureHeader {
  const char* format;  // "PNG", "JPEG", "WebP" or "BMP"
  Size size;           // both at least 1
};

// Walks the container: chunks with their checksums (PNG), segments up to the end marker (JPEG),
// declared sizes (WebP, BMP). `name` stands for the picture in errors. Throws kCorruptFile (not a
// picture of a known format, truncated, damaged) or kUnsupported (animated).
PictureHeader read_picture_header(std::string_view bytes, const std::string& name);

// A checked PNG without its ancillary chunks. None of them changes a pixel here (transparency,
// gamma, colour profile and orientation are all ignored), yet libpng complains about many on
// stderr.
std::string without_ancillary_chunks(std::string_view png);

}  // namespace fo1
