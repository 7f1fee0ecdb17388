// Files that are not what they claim to be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <random>

#include "base/files.h"
#include "fo1/types.h"
#include "image/codec.h"
#include "image/picture_header.h"
#include "image/pictures.h"
#include "support/data.h"
#include "support/errors.h"

namespace fo1 {
namespace {

using test::fails_with;
using test::make_png;

struct Encoded {
  const char* format;
  std::string bytes;
};

std::vector<Encoded> pictures() {
  const std::vector<std::uint8_t> rgb = test::noise(40, 30, 2);
  return {{"PNG", test::encode(rgb, 40, 30, ".png")},
          {"JPEG", test::encode(rgb, 40, 30, ".jpg")},
          {"JPEG", test::encode(rgb, 40, 30, ".jpg", {cv::IMWRITE_JPEG_PROGRESSIVE, 1})},
          {"WebP", test::encode(rgb, 40, 30, ".webp", {cv::IMWRITE_WEBP_QUALITY, 101})},
          {"WebP", test::encode(rgb, 40, 30, ".webp", {cv::IMWRITE_WEBP_QUALITY, 50})},
          {"BMP", test::encode(rgb, 40, 30, ".bmp")}};
}

testing::AssertionResult decode_fails(const std::string& bytes, ErrorCode code,
                                      const std::string& text) {
  return fails_with([&] { decode_picture(bytes, "x.bin"); }, code, text);
}

TEST(BadPicture, FilesAreNamed) {
  const std::string folder = test::scratch_folder();
  const std::string missing = join_path(folder, "none.png");
  EXPECT_TRUE(fails_with([&] { Image::load(missing); }, ErrorCode::kNotFound, missing));
  EXPECT_TRUE(fails_with([&] { Image::load(folder); }, ErrorCode::kNotFound, folder));
  const std::string text = join_path(folder, "text.png");
  write_file(text, "I am not a picture");
  EXPECT_TRUE(fails_with([&] { Image::load(text); }, ErrorCode::kCorruptFile,
                         text + ": is not a picture (expected PNG, JPEG, WebP or BMP)"));
  write_file(text, "");
  EXPECT_TRUE(fails_with([&] { Image::load(text); }, ErrorCode::kCorruptFile, text + ": is empty"));
}

TEST(BadPicture, BytesAreNamedToo) {
  EXPECT_TRUE(fails_with([] { Image::decode("GIF89a", 6); }, ErrorCode::kCorruptFile,
                         "<bytes>: is not a picture"));
  EXPECT_TRUE(
      fails_with([] { Image::decode(nullptr, 0); }, ErrorCode::kCorruptFile, "<bytes>: is empty"));
  EXPECT_TRUE(fails_with([] { Image::decode(nullptr, 5); }, ErrorCode::kInvalidArgument, "null"));
}

TEST(BadPicture, EveryTruncationIsAnError) {
  for (const auto& [format, bytes] : pictures()) {
    ASSERT_NO_THROW(decode_picture(bytes, "whole")) << format;
    testing::internal::CaptureStderr();
    for (std::size_t size = 12; size < bytes.size(); size += 1 + size / 50) {
      ASSERT_TRUE(decode_fails(bytes.substr(0, size), ErrorCode::kCorruptFile,
                               "x.bin: " + std::string(format) + " picture is truncated"))
          << format << " cut to " << size << " of " << bytes.size();
    }
    ASSERT_TRUE(
        decode_fails(bytes.substr(0, bytes.size() - 1), ErrorCode::kCorruptFile, "truncated"));
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "") << format;
  }
}

TEST(BadPicture, EveryFlippedByteOfAPngIsNoticed) {
  const std::string png = pictures()[0].bytes;
  testing::internal::CaptureStderr();
  for (std::size_t at = 0; at < png.size(); at += 1 + at / 60) {
    std::string flipped = png;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    EXPECT_TRUE(decode_fails(flipped, ErrorCode::kCorruptFile, "x.bin: ")) << "byte " << at;
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(BadPicture, DamagedPixelsWithARightChecksum) {
  const std::string header = make_png({4, 4, 8, 2, "", ""}).substr(0, 33);
  const std::string png =
      header + test::png_chunk("IDAT", "not a zlib stream") + test::png_chunk("IEND", "");
  testing::internal::CaptureStderr();  // libpng tells the terminal as well
  EXPECT_TRUE(decode_fails(png, ErrorCode::kCorruptFile, "x.bin: PNG picture is damaged"));
  testing::internal::GetCapturedStderr();
}

TEST(BadPicture, ContainersWithoutPixels) {
  EXPECT_TRUE(decode_fails(make_png({0, 4, 8, 2, "", ""}), ErrorCode::kCorruptFile,
                           "has a size of 0 x 4 pixels"));
  EXPECT_TRUE(
      decode_fails("\xff\xd8\xff\xd9", ErrorCode::kCorruptFile, "JPEG picture has no pixels"));
  const std::string riff("RIFF\x16\0\0\0WEBPJUNK\x0a\0\0\0aaaaaaaaaa", 30);
  EXPECT_TRUE(decode_fails(riff, ErrorCode::kCorruptFile, "WebP picture has no pixels"));
}

TEST(BadPicture, AnimationIsUnsupported) {
  const std::string webp("RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x07\0\0\x07\0\0", 30);
  EXPECT_TRUE(decode_fails(webp, ErrorCode::kUnsupported, "animated"));
}

// The most memory this process ever asked for, in KiB.
std::int64_t peak_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmPeak:")) return std::stoll(line.substr(7));
  }
  return 0;
}

TEST(BadPicture, AbsurdSizesAreRefusedBeforeMemoryIsTaken) {
  const std::string jpeg(
      "\xff\xd8\xff\xc0\x00\x11\x08\xff\xfe\xff\xfd\x03\x01\x22\x00\x02\x11\x01\x03\x11"
      "\x01\xff\xda\x00\x02\x00\xff\xd9",
      28);
  const std::string webp("RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff", 30);
  const std::string bmp(
      "BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\xff\xff\xff\x7f\xff\xff\xff\x7f\x01\0\x18\0"
      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
      54);
  const std::int64_t before = peak_memory();
  ASSERT_GT(before, 0);
  for (const auto& [picture, size] :
       {std::pair{make_png({0x7fffffff, 0x7fffffff, 8, 2, "", ""}), "2147483647 x 2147483647"},
        {make_png({16385, 16384, 8, 2, "", ""}), "16385 x 16384"},
        {make_png({(1 << 20) + 1, 1, 8, 2, "", ""}), "1048577 x 1"},
        {jpeg, "65533 x 65534"},
        {webp, "16777216 x 16777216"},
        {bmp, "2147483647 x 2147483647"}}) {
    EXPECT_TRUE(decode_fails(picture, ErrorCode::kUnsupported,
                             std::string("x.bin: a picture of ") + size + " pixels is too large"));
  }
  EXPECT_LT(peak_memory() - before, 16 * 1024);
}

// Any outcome is fine but a crash, an exception of another kind, or pixels of another size.
void decode_or_refuse(const std::string& bytes) {
  try {
    const Image image = Image::decode(bytes.data(), bytes.size());
    EXPECT_GE(image.width(), 1);
    EXPECT_GE(image.height(), 1);
  } catch (const Error& error) {
    EXPECT_THAT(error.code(), testing::AnyOf(ErrorCode::kCorruptFile, ErrorCode::kUnsupported));
    EXPECT_THAT(error.what(), testing::HasSubstr("<bytes>: "));
  }
}

// Puts right checksums on a PNG's chunks, so that mutations reach the decoder.
std::string with_right_checksums(std::string png) {
  std::size_t at = 8;
  std::string fixed = png.substr(0, 8);
  while (at + 12 <= png.size()) {
    std::uint32_t size = 0;
    for (int i = 0; i < 4; ++i) size = size << 8 | static_cast<unsigned char>(png[at + i]);
    if (size > png.size() - at - 12) break;
    fixed += test::png_chunk(png.substr(at + 4, 4), png.substr(at + 8, size));
    at += 12 + size;
  }
  return fixed + png.substr(at);
}

TEST(BadPicture, RandomMutationsNeverCrash) {
  std::mt19937 random(7);
  testing::internal::CaptureStderr();  // libjpeg and libpng tell the terminal what they think
  for (const auto& [format, bytes] : pictures()) {
    for (int round = 0; round < 200; ++round) {
      std::string mutated = bytes;
      const std::size_t reach = round % 2 ? 64 : mutated.size();  // every other round: the header
      for (int change = 0; change <= round % 5; ++change) {
        mutated[random() % std::min(reach, mutated.size())] = static_cast<char>(random());
      }
      if (round % 7 == 0) mutated.resize(random() % mutated.size());
      decode_or_refuse(mutated);
      if (format == std::string("PNG")) decode_or_refuse(with_right_checksums(mutated));
    }
  }
  testing::internal::GetCapturedStderr();
}

}  // namespace
}  // namespace fo1
