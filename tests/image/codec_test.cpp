#include "image/codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <opencv2/imgcodecs.hpp>

#include "base/files.h"
#include "image/pictures.h"
#include "image/print.h"
#include "support/data.h"
#include "support/errors.h"

namespace fo1 {
namespace {

using test::fails_with;
using test::make_png;
using test::png_chunk;
using testing::ElementsAre;
using testing::ElementsAreArray;

std::vector<int> pixels_of(const std::string& bytes) {
  const RgbImage image = decode_picture(bytes, "picture");
  return {image.pixels.get(), image.pixels.get() + image.byte_count()};
}

// Two pixels in one row.
std::string row_of_two(int bit_depth, int colour_type, std::string row, std::string chunks = "") {
  return make_png({2, 1, bit_depth, colour_type, std::move(row), std::move(chunks)});
}

const std::string kPalette = png_chunk("PLTE", "\x01\x02\x03\xc8\xc9\xca");

TEST(Png, GreyBecomesRgbAtEveryDepth) {
  EXPECT_THAT(pixels_of(row_of_two(8, 0, "\x07\xfe")), ElementsAre(7, 7, 7, 254, 254, 254));
  EXPECT_THAT(pixels_of(row_of_two(1, 0, "\x40")), ElementsAre(0, 0, 0, 255, 255, 255));
  EXPECT_THAT(pixels_of(row_of_two(2, 0, "\x60")), ElementsAre(85, 85, 85, 170, 170, 170));
  EXPECT_THAT(pixels_of(row_of_two(4, 0, "\x1f")), ElementsAre(17, 17, 17, 255, 255, 255));
}

TEST(Png, PaletteIsLookedUp) {
  for (const auto& [depth, row] : {std::pair{1, "\x40"}, {2, "\x10"}, {4, "\x01"}}) {
    EXPECT_THAT(pixels_of(row_of_two(depth, 3, row, kPalette)),
                ElementsAre(1, 2, 3, 200, 201, 202));
  }
  EXPECT_THAT(pixels_of(row_of_two(8, 3, {"\x01\x00", 2}, kPalette)),
              ElementsAre(200, 201, 202, 1, 2, 3));
}

TEST(Png, AlphaIsDroppedNotBlended) {
  EXPECT_THAT(pixels_of(row_of_two(8, 6, {"\x0a\x14\x1e\x00\x28\x32\x3c\x80", 8})),
              ElementsAre(10, 20, 30, 40, 50, 60));
  EXPECT_THAT(pixels_of(row_of_two(8, 4, {"\x0a\x00\x14\x80", 4})),
              ElementsAre(10, 10, 10, 20, 20, 20));
  const std::string transparent_first = png_chunk("tRNS", {"\x00\xff", 2});
  EXPECT_THAT(pixels_of(row_of_two(8, 3, {"\x00\x01", 2}, kPalette + transparent_first)),
              ElementsAre(1, 2, 3, 200, 201, 202));
  const std::string transparent_colour = png_chunk("tRNS", {"\x00\x0a\x00\x14\x00\x1e", 6});
  EXPECT_THAT(pixels_of(row_of_two(8, 2, "\x0a\x14\x1e\x28\x32\x3c", transparent_colour)),
              ElementsAre(10, 20, 30, 40, 50, 60));
}

TEST(Png, SixteenBitsKeepTheUpperEight) {
  EXPECT_THAT(pixels_of(row_of_two(16, 0, "\x12\xff\xfe\x80")),
              ElementsAre(18, 18, 18, 254, 254, 254));
  EXPECT_THAT(pixels_of(row_of_two(16, 2, "\x01\xff\x02\xff\x03\xff\xff\x01\xfe\x01\xfd\x01")),
              ElementsAre(1, 2, 3, 255, 254, 253));
  EXPECT_THAT(pixels_of(row_of_two(16, 4, {"\x01\xff\x00\x00\xff\x01\x80\x00", 8})),
              ElementsAre(1, 1, 1, 255, 255, 255));
}

TEST(Png, GammaAndProfilesAreIgnoredAndNotComplainedAbout) {
  const std::string chunks = png_chunk("gAMA", {"\x00\x01\x86\xa0", 4}) +
                             png_chunk("iCCP", {"broken\0\0profile", 15}) +
                             png_chunk("eXIf", {"MM\0*\0\0\0\x08", 8});
  testing::internal::CaptureStderr();
  EXPECT_THAT(pixels_of(row_of_two(8, 2, "\x0a\x14\x1e\x28\x32\x3c", chunks)),
              ElementsAre(10, 20, 30, 40, 50, 60));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(Lossless, FormatsKeepEveryPixel) {
  const std::vector<std::uint8_t> rgb = test::noise(37, 21, 1);
  for (const char* extension : {".png", ".bmp"}) {
    EXPECT_THAT(pixels_of(test::encode(rgb, 37, 21, extension)), ElementsAreArray(rgb))
        << extension;
  }
  EXPECT_THAT(pixels_of(test::encode(rgb, 37, 21, ".webp", {cv::IMWRITE_WEBP_QUALITY, 101})),
              ElementsAreArray(rgb));
}

// A smooth picture, which JPEG and lossy WebP change little.
std::vector<std::uint8_t> slope(int width, int height) {
  std::vector<std::uint8_t> rgb;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (const int value : {x * 3, y * 3, (x + y) * 2})
        rgb.push_back(static_cast<std::uint8_t>(value));
    }
  }
  return rgb;
}

int largest_difference(const std::vector<int>& a, const std::vector<std::uint8_t>& b) {
  EXPECT_EQ(a.size(), b.size());
  int largest = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    largest = std::max(largest, std::abs(a[i] - b[i]));
  }
  return largest;
}

TEST(Lossy, FormatsStayClose) {
  const std::vector<std::uint8_t> rgb = slope(48, 40);
  const auto close = [&](const std::string& bytes) {
    return largest_difference(pixels_of(bytes), rgb);
  };
  EXPECT_LE(close(test::encode(rgb, 48, 40, ".jpg")), 8);
  EXPECT_LE(close(test::encode(rgb, 48, 40, ".jpg", {cv::IMWRITE_JPEG_PROGRESSIVE, 1})), 8);
  EXPECT_LE(close(test::encode(rgb, 48, 40, ".webp", {cv::IMWRITE_WEBP_QUALITY, 90})), 12);
}

TEST(Jpeg, OrientationIsIgnored) {
  const std::vector<std::uint8_t> rgb = slope(48, 40);
  std::string bytes = test::encode(rgb, 48, 40, ".jpg");
  // APP1 with one EXIF entry: orientation 6, a quarter turn.
  const std::string exif(
      "\xff\xe1\x00\x22"
      "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"
      "\0\0\0\0",
      36);
  bytes.insert(2, exif);
  const RgbImage image = decode_picture(bytes, "turned.jpg");
  EXPECT_EQ(image.size, (Size{48, 40}));
  EXPECT_LE(largest_difference(pixels_of(bytes), rgb), 8);
}

TEST(Encode, WritesWhatDecodeReads) {
  RgbImage image = new_rgb_image({5, 3}, "test");
  for (int i = 0; i < 45; ++i) image.pixels[i] = static_cast<std::uint8_t>(i * 5);
  const std::vector<int> before(image.pixels.get(), image.pixels.get() + 45);
  EXPECT_THAT(pixels_of(encode_picture(image, ".png")), ElementsAreArray(before));
  EXPECT_EQ(encode_picture(image, ".jpg").substr(0, 2), "\xff\xd8");
}

TEST(Encode, ExtensionDecides) {
  EXPECT_EQ(picture_extension("a/b.PNG"), ".png");
  EXPECT_EQ(picture_extension("b.tar.jpeg"), ".jpeg");
  for (const char* path : {"out.gif", "out", "png", "dir.png/out"}) {
    EXPECT_TRUE(fails_with([&] { picture_extension(path); }, ErrorCode::kInvalidArgument,
                           std::string(path) + ": pictures are written as .png, .jpg or .jpeg"));
  }
}

}  // namespace
}  // namespace fo1
