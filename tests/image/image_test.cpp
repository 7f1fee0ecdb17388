#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "base/files.h"
#include "image/pictures.h"
#include "image/rgb_image.h"
#include "support/data.h"
#include "support/errors.h"

namespace fo1 {
namespace {

using test::fails_with;
using testing::ElementsAre;

std::vector<int> pixels_of(const Image& image) {
  return {image.rgb(), image.rgb() + std::int64_t{image.width()} * image.height() * 3};
}

TEST(Image, TakesEveryPixelFormat) {
  const std::uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8};
  const auto pixels = [&](PixelFormat format) {
    return pixels_of(Image::from_pixels({bytes, 2, 1, 0, format}));
  };
  EXPECT_THAT(pixels(PixelFormat::kRgb), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(pixels(PixelFormat::kBgr), ElementsAre(3, 2, 1, 6, 5, 4));
  EXPECT_THAT(pixels(PixelFormat::kRgba), ElementsAre(1, 2, 3, 5, 6, 7));
  EXPECT_THAT(pixels(PixelFormat::kBgra), ElementsAre(3, 2, 1, 7, 6, 5));
  EXPECT_THAT(pixels(PixelFormat::kGrey), ElementsAre(1, 1, 1, 2, 2, 2));
}

// A camera's picture: brightness, then pairs of colour that four pixels share.
TEST(Image, TakesNv12) {
  const std::uint8_t white[] = {235, 235, 235, 235, 128, 128};
  EXPECT_THAT(pixels_of(Image::from_pixels({white, 2, 2, 0, PixelFormat::kNv12})),
              testing::Each(testing::Ge(254)));
  const std::uint8_t luma[] = {145, 145, 0, 145, 145, 0}, chroma[] = {54, 34};  // green
  const std::vector<int> green =
      pixels_of(Image::from_pixels({luma, 2, 2, 3, PixelFormat::kNv12, chroma, 2}));
  for (std::size_t i = 0; i < green.size(); ++i) EXPECT_NEAR(green[i], i % 3 == 1 ? 255 : 0, 2);
}

TEST(Image, RowsMayBeApart) {
  const std::uint8_t bytes[] = {1, 2, 9, 9, 3, 4};
  EXPECT_THAT(pixels_of(Image::from_pixels({bytes, 2, 2, 4, PixelFormat::kGrey})),
              ElementsAre(1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4));
}

TEST(Image, ChecksTheView) {
  const std::uint8_t byte = 0;
  const auto refuses = [](const ImageView& view, ErrorCode code, const std::string& text) {
    return fails_with([&] { Image::from_pixels(view); }, code, "image view: " + text);
  };
  const auto invalid = ErrorCode::kInvalidArgument;
  EXPECT_TRUE(refuses({nullptr, 1, 1, 0, PixelFormat::kRgb}, invalid, "data is null"));
  EXPECT_TRUE(refuses({&byte, 0, 1, 0, PixelFormat::kRgb}, invalid,
                      "width and height must be positive, got 0 x 1"));
  EXPECT_TRUE(refuses({&byte, 1, -1, 0, PixelFormat::kRgb}, invalid,
                      "width and height must be positive, got 1 x -1"));
  EXPECT_TRUE(refuses({&byte, 2, 1, 5, PixelFormat::kRgb}, invalid,
                      "stride 5 does not fit rows of 6 bytes"));
  EXPECT_TRUE(refuses({&byte, 2, 1, -6, PixelFormat::kRgb}, invalid, "stride -6"));
  EXPECT_TRUE(
      refuses({&byte, 2, 3, std::numeric_limits<std::ptrdiff_t>::max() / 2, PixelFormat::kRgb},
              invalid, "stride"));
  EXPECT_TRUE(
      refuses({&byte, 1, 1, 0, static_cast<PixelFormat>(99)}, invalid, "unknown pixel format 99"));
  EXPECT_TRUE(
      refuses({&byte, 2, 3, 0, PixelFormat::kNv12}, invalid, "NV12 needs even sides, got 2 x 3"));
  EXPECT_TRUE(refuses({&byte, 2, 2, 0, PixelFormat::kNv12, &byte, 1}, invalid,
                      "chroma_stride 1 does not fit rows of 2 bytes"));
  const auto most = std::numeric_limits<std::int32_t>::max();
  EXPECT_TRUE(refuses({&byte, most, most, 0, PixelFormat::kRgb}, ErrorCode::kUnsupported,
                      "a picture of 2147483647 x 2147483647 pixels is too large"));
}

TEST(Image, CopiesAndTensorsShareThePixels) {
  const std::uint8_t bytes[] = {1, 2, 3, 4, 5, 6};
  at::Tensor tensor;
  {
    const Image image = Image::from_pixels({bytes, 1, 2, 0, PixelFormat::kRgb});
    const Image copy = image;
    EXPECT_EQ(copy.rgb(), image.rgb());
    EXPECT_EQ(copy.path(), "");
    tensor = rgb_tensor(copy);
    EXPECT_EQ(tensor.const_data_ptr(), image.rgb());
  }
  EXPECT_EQ(tensor.sizes(), (std::vector<std::int64_t>{2, 1, 3}));  // outlives the image
  EXPECT_EQ(tensor.sum().item<int>(), 21);
}

TEST(Image, RemembersItsFile) {
  const std::string path = join_path(test::scratch_folder(), "a.png");
  write_file(path, test::make_png({1, 1, 8, 2, "\x01\x02\x03", ""}));
  const Image image = Image::load(path);
  EXPECT_EQ(image.path(), path);
  EXPECT_THAT(pixels_of(image), ElementsAre(1, 2, 3));
}

}  // namespace
}  // namespace fo1
