// Plain values that go in and out of the library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fo1/export.h"

namespace fo1 {

// Corners in pixels of the image as the caller gave it (never of a resized copy): x to the right,
// y downwards, x2 and y2 exclusive. Boxes outside the image are clipped; reversed corners are used
// as they are; NaN and infinity are refused.
struct Box {
  double x1 = 0, y1 = 0, x2 = 0, y2 = 0;
};

// One region offered to the model. Its position in the list is its index: `<region3>` is the
// fourth.
struct Region {
  Box box;
  std::optional<double> score;  // how sure the proposal network was, 0..1
  std::string label;  // the caller's own name for it; carried along, never shown to the model
};

// kNv12: a plane of brightness [height, width] and one of colour [height / 2, width / 2, (Cb, Cr)],
// as cameras and video decoders give; read as BT.601, limited range. Both sides must be even.
enum class PixelFormat : std::int32_t {
  kRgb = 1,
  kBgr = 2,
  kRgba = 3,
  kBgra = 4,
  kGrey = 5,
  kNv12 = 6
};

// Pixels owned by the caller, 8 bits a channel, rows `stride` bytes apart. Alpha is dropped, not
// blended. Borrowed only until the call that takes it returns.
struct ImageView {
  const std::uint8_t* data = nullptr;
  std::int32_t width = 0;
  std::int32_t height = 0;
  std::ptrdiff_t stride = 0;  // bytes between the starts of two rows; 0: rows are packed
  PixelFormat format = PixelFormat::kRgb;
  // kNv12 alone: the plane of colour. Null: it follows the other plane's last row.
  const std::uint8_t* chroma = nullptr;
  std::ptrdiff_t chroma_stride = 0;  // 0: that of the other plane
};

// A decoded 8-bit RGB picture. Copies share the pixels, which never change: safe across threads.
// EXIF orientation is ignored, so that boxes mean the pixels as stored.
class FO1_API Image {
 public:
  // Throws kNotFound, kCorruptFile (not a picture), kUnsupported (too large).
  static Image load(const std::string& path);
  static Image decode(const void* bytes, std::size_t size);  // an encoded file (PNG, JPEG, ...)
  static Image from_pixels(const ImageView& view);           // copies

  std::int32_t width() const noexcept;
  std::int32_t height() const noexcept;
  const std::uint8_t* rgb()
      const noexcept;  // [height, width, 3], packed; lives as long as any copy
  const std::string& path() const noexcept;  // empty when not from a file

  struct Impl;
  explicit Image(std::shared_ptr<const Impl> impl);
  const Impl& impl() const noexcept { return *impl_; }

 private:
  std::shared_ptr<const Impl> impl_;
};

}  // namespace fo1
