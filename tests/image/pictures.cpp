#include "image/pictures.h"

#include <zlib.h>

#include <algorithm>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <random>

namespace fo1::test {
namespace {

std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
  return bytes;
}

int channels_of(int colour_type) {
  switch (colour_type) {
    case 2: return 3;
    case 4: return 2;
    case 6: return 4;
    default: return 1;
  }
}

std::string compressed(const std::string& bytes) {
  uLongf size = compressBound(bytes.size());
  std::string out(size, '\0');
  compress(reinterpret_cast<Bytef*>(out.data()), &size,
           reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  out.resize(size);
  return out;
}

}  // namespace

std::string png_chunk(std::string_view type, std::string_view data) {
  const std::string covered = std::string(type) + std::string(data);
  const auto sum = crc32_z(0, reinterpret_cast<const Bytef*>(covered.data()), covered.size());
  return big_endian(static_cast<std::uint32_t>(data.size())) + covered +
         big_endian(static_cast<std::uint32_t>(sum));
}

std::string make_png(const PngContent& content) {
  std::string header = big_endian(content.width) + big_endian(content.height);
  header += static_cast<char>(content.bit_depth);
  header += static_cast<char>(content.colour_type);
  header += std::string(3, '\0');
  const std::size_t row_bits =
      std::size_t{content.width} * content.bit_depth * channels_of(content.colour_type);
  const std::size_t row_bytes = (row_bits + 7) / 8;
  std::string filtered;
  std::string_view left = content.rows;
  for (; !left.empty() && row_bytes > 0; left.remove_prefix(std::min(row_bytes, left.size()))) {
    filtered += '\0';
    filtered += left.substr(0, row_bytes);
  }
  return "\x89PNG\r\n\x1a\n" + png_chunk("IHDR", header) + content.before_pixels +
         png_chunk("IDAT", compressed(filtered)) + png_chunk("IEND", "");
}

std::vector<std::uint8_t> noise(int width, int height, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(width) * height * 3);
  for (std::uint8_t& pixel : pixels) pixel = static_cast<std::uint8_t>(random());
  return pixels;
}

std::string encode(const std::vector<std::uint8_t>& rgb, int width, int height,
                   const std::string& extension, const std::vector<int>& options) {
  cv::Mat bgr;
  cv::cvtColor(cv::Mat(height, width, CV_8UC3, const_cast<std::uint8_t*>(rgb.data())), bgr,
               cv::COLOR_RGB2BGR);
  std::vector<unsigned char> bytes;
  cv::imencode(extension, bgr, bytes, options);
  return {bytes.begin(), bytes.end()};
}

}  // namespace fo1::test
