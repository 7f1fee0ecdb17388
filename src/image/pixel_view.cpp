// Pixels of a caller, of any layout, as a packed RGB picture.
#include <cstddef>
#include <limits>
#include <memory>
#include <opencv2/imgproc.hpp>
#include <utility>

#include "base/error.h"
#include "image/rgb_image.h"

namespace fo1 {
namespace {

// Bytes of a pixel in the (first) plane, and what OpenCV calls the way to RGB.
struct PixelLayout {
  PixelFormat format;
  int channels;
  int to_rgb;
};
constexpr int kCopy = -1;
constexpr PixelLayout kPixelLayouts[] = {
    {PixelFormat::kRgb, 3, kCopy},
    {PixelFormat::kBgr, 3, cv::COLOR_BGR2RGB},
    {PixelFormat::kRgba, 4, cv::COLOR_RGBA2RGB},
    {PixelFormat::kBgra, 4, cv::COLOR_BGRA2RGB},
    {PixelFormat::kGrey, 1, cv::COLOR_GRAY2RGB},
    {PixelFormat::kNv12, 1, cv::COLOR_YUV2RGB_NV12},
};

const PixelLayout& layout_of(PixelFormat format) {
  for (const PixelLayout& layout : kPixelLayouts) {
    if (layout.format == format) return layout;
  }
  fail(ErrorCode::kInvalidArgument, "image view: unknown pixel format ", static_cast<int>(format));
}

void check_size(const ImageView& view) {
  if (!view.data) fail(ErrorCode::kInvalidArgument, "image view: data is null");
  if (view.width <= 0 || view.height <= 0) {
    fail(ErrorCode::kInvalidArgument, "image view: width and height must be positive, got ",
         view.width, " x ", view.height);
  }
  require_supported_size({view.width, view.height}, "image view");
  if (view.format == PixelFormat::kNv12 && (view.width % 2 != 0 || view.height % 2 != 0)) {
    fail(ErrorCode::kInvalidArgument, "image view: NV12 needs even sides, got ", view.width, " x ",
         view.height);
  }
}

// Bytes from one row to the next. `packed`: what a row needs.
std::size_t checked_stride(const char* name, std::ptrdiff_t stride, std::ptrdiff_t packed,
                           std::int32_t rows) {
  if (stride == 0) return static_cast<std::size_t>(packed);
  if (stride < packed || stride > std::numeric_limits<std::ptrdiff_t>::max() / rows) {
    fail(ErrorCode::kInvalidArgument, "image view: ", name, ' ', stride, " does not fit rows of ",
         packed, " bytes");
  }
  return static_cast<std::size_t>(stride);
}

// OpenCV has no read-only view; what it is given here is only read.
cv::Mat borrowed(const std::uint8_t* data, int rows, int columns, int type, std::size_t stride) {
  return {rows, columns, type, const_cast<std::uint8_t*>(data), stride};
}

void convert(const ImageView& view, const PixelLayout& layout, cv::Mat& rgb) {
  const std::ptrdiff_t packed = std::ptrdiff_t{view.width} * layout.channels;
  const std::size_t stride = checked_stride("stride", view.stride, packed, view.height);
  const cv::Mat first =
      borrowed(view.data, view.height, view.width, CV_MAKETYPE(CV_8U, layout.channels), stride);
  if (layout.to_rgb == kCopy) {
    first.copyTo(rgb);
  } else if (view.format == PixelFormat::kNv12) {
    const std::ptrdiff_t own = view.chroma_stride ? view.chroma_stride : view.stride;
    const std::size_t step = checked_stride("chroma_stride", own, packed, view.height);
    const std::uint8_t* chroma =
        view.chroma ? view.chroma : view.data + stride * static_cast<std::size_t>(view.height);
    const cv::Mat second = borrowed(chroma, view.height / 2, view.width / 2, CV_8UC2, step);
    cv::cvtColorTwoPlane(first, second, rgb, layout.to_rgb);
  } else {
    cv::cvtColor(first, rgb, layout.to_rgb);
  }
}

}  // namespace

Image Image::from_pixels(const ImageView& view) {
  const PixelLayout& layout = layout_of(view.format);
  check_size(view);
  RgbImage picture = new_rgb_image({view.width, view.height}, "image view");
  cv::Mat rgb(view.height, view.width, CV_8UC3, picture.pixels.get());
  convert(view, layout, rgb);
  return Image(std::make_shared<const Image::Impl>(Image::Impl{std::move(picture), ""}));
}

}  // namespace fo1
