// Encoded pictures made for a test, in every way a PNG can hold pixels, and to be broken.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fo1::test {

// One chunk with its length and a right checksum.
std::string png_chunk(std::string_view type, std::string_view data);

struct PngContent {
  std::uint32_t width = 0, height = 0;
  int bit_depth = 8;
  int colour_type = 2;        // 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA
  std::string rows;           // packed pixels, row after row, without filter bytes
  std::string before_pixels;  // further chunks: palette, transparency, ...
};
std::string make_png(const PngContent& content);

// An RGB picture of pseudo-random pixels [height, width, 3].
std::vector<std::uint8_t> noise(int width, int height, std::uint32_t seed);

// By OpenCV, `extension` as ".jpg". `rgb` is [height, width, 3].
std::string encode(const std::vector<std::uint8_t>& rgb, int width, int height,
                   const std::string& extension, const std::vector<int>& options = {});

}  // namespace fo1::test
