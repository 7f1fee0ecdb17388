#include "image/picture_header.h"

#include <zlib.h>

#include <cstdint>
#include <cstdlib>

#include "base/error.h"

namespace fo1 {
namespace {

using namespace std::string_view_literals;

// Checked reads of an encoded picture.
struct Encoded {
  std::string_view bytes;
  const char* format;
  const std::string& name;

  template <class... Parts>
  [[noreturn]] void corrupt(const Parts&... parts) const {
    fail(ErrorCode::kCorruptFile, name, ": ", format, " picture ", parts...);
  }
  void require(std::uint64_t byte_count) const {
    if (byte_count > bytes.size()) {
      corrupt("is truncated: ", bytes.size(), " bytes, at least ", byte_count, " expected");
    }
  }
  std::uint32_t byte(std::size_t at) const {
    require(at + 1);
    return static_cast<unsigned char>(bytes[at]);
  }
  std::uint32_t big_endian(std::size_t at, int count) const {
    std::uint32_t value = 0;
    for (int i = 0; i < count; ++i) value = value << 8 | byte(at + i);
    return value;
  }
  std::uint32_t little_endian(std::size_t at, int count) const {
    std::uint32_t value = 0;
    for (int i = count; i-- > 0;) value = value << 8 | byte(at + i);
    return value;
  }
};

// --- PNG ---
constexpr std::string_view kPngSignature = "\x89PNG\r\n\x1a\n"sv;

struct PngChunk {
  std::string_view type;
  std::string_view whole;  // length, type, data, checksum

  // The case of its first letter says whether a decoder may skip it.
  bool ancillary() const { return type[0] & 0x20; }
};

PngChunk png_chunk_at(const Encoded& png, std::size_t at) {
  const std::uint64_t data_size = png.big_endian(at, 4);
  png.require(at + 12 + data_size);
  return {png.bytes.substr(at + 4, 4), png.bytes.substr(at, 12 + data_size)};
}

void check_png_checksum(const Encoded& png, const PngChunk& chunk, std::size_t at) {
  const std::string_view covered = chunk.whole.substr(4, chunk.whole.size() - 8);
  const auto sum = crc32_z(0, reinterpret_cast<const Bytef*>(covered.data()), covered.size());
  if (sum != png.big_endian(at + chunk.whole.size() - 4, 4)) {
    png.corrupt("is damaged: wrong checksum of its ", quoted(std::string(chunk.type)), " chunk");
  }
}

Size png_size(const Encoded& png) {
  std::size_t at = kPngSignature.size();
  if (png_chunk_at(png, at).type != "IHDR") png.corrupt("does not start with its header");
  const Size size{png.big_endian(at + 8, 4), png.big_endian(at + 12, 4)};
  for (PngChunk chunk; chunk.type != "IEND"; at += chunk.whole.size()) {
    chunk = png_chunk_at(png, at);
    if (!chunk.ancillary()) check_png_checksum(png, chunk, at);
  }
  return size;
}

// --- JPEG ---
namespace jpeg {
constexpr std::uint32_t kEndOfImage = 0xd9, kStartOfScan = 0xda;

// Start of frame: the segment that holds the size. Three codes of its range mean other things.
bool is_frame(std::uint32_t marker) {
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}
// Inside a scan 0xff is followed by one of these; alone they carry no data.
bool is_stuffing_or_restart(std::uint32_t marker) {
  return marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd7) || marker == 0xff;
}
}  // namespace jpeg

// The position of the next marker's code at or after `at`, passing over the data of a scan.
std::size_t next_jpeg_marker(const Encoded& file, std::size_t at) {
  do {
    at = file.bytes.find('\xff', at);
    if (at == std::string_view::npos) file.corrupt("is truncated: it has no end marker");
    ++at;
  } while (jpeg::is_stuffing_or_restart(file.byte(at)));
  return at;
}

Size jpeg_size(const Encoded& file) {
  Size size;
  bool has_scan = false;
  std::size_t at = next_jpeg_marker(file, 2);
  for (; file.byte(at) != jpeg::kEndOfImage; at = next_jpeg_marker(file, at)) {
    const std::uint32_t marker = file.byte(at);
    if (jpeg::is_frame(marker)) size = {file.big_endian(at + 6, 2), file.big_endian(at + 4, 2)};
    has_scan |= marker == jpeg::kStartOfScan;
    at += 1 + file.big_endian(at + 1, 2);
    file.require(at);
  }
  if (!has_scan) file.corrupt("has no pixels");
  return size;
}

// --- WebP ---
Size webp_size(const Encoded& file) {
  file.require(std::uint64_t{8} + file.little_endian(4, 4));
  const std::string_view chunk = file.bytes.substr(12, 4);
  if (chunk == "VP8 ") {
    return {file.little_endian(26, 2) & 0x3fff, file.little_endian(28, 2) & 0x3fff};
  }
  if (chunk == "VP8L") {
    const std::uint32_t sides = file.little_endian(21, 4);
    return {(sides & 0x3fff) + 1, (sides >> 14 & 0x3fff) + 1};
  }
  if (chunk != "VP8X") file.corrupt("has no pixels");
  if (file.byte(20) & 0x02) {
    fail(ErrorCode::kUnsupported, file.name, ": an animated WebP picture is not supported");
  }
  return {file.little_endian(24, 3) + 1, file.little_endian(27, 3) + 1};
}

// --- BMP ---
Size bmp_size(const Encoded& file) {
  const bool is_old = file.little_endian(14, 4) == 12;  // OS/2: 16-bit sides
  if (is_old) return {file.little_endian(18, 2), file.little_endian(20, 2)};
  // A negative height means rows from top to bottom.
  const auto signed_at = [&](std::size_t at) {
    return std::int64_t{static_cast<std::int32_t>(file.little_endian(at, 4))};
  };
  const Size size{signed_at(18), std::abs(signed_at(22))};
  const std::uint32_t coding = file.little_endian(30, 4);
  const bool is_plain = coding == 0 || coding == 3;  // 3: plain, with bit masks
  if (is_plain && size.width > 0 && size.width * size.height < (std::int64_t{1} << 40)) {
    const std::int64_t row_bytes = (size.width * file.little_endian(28, 2) + 31) / 32 * 4;
    file.require(file.little_endian(10, 4) + row_bytes * size.height);
  }
  return size;
}

struct PictureFormat {
  const char* name;
  std::string_view signature;
  std::size_t signature_at;
  Size (*read_size)(const Encoded& file);
};

// The formats that are read. Others that OpenCV knows treat alpha, orientation or 16 bits in ways
// of their own, and each is one more parser open to outside bytes.
constexpr PictureFormat kFormats[] = {
    {"PNG", kPngSignature, 0, png_size},
    {"JPEG", "\xff\xd8\xff"sv, 0, jpeg_size},
    {"WebP", "WEBP"sv, 8, webp_size},
    {"BMP", "BM"sv, 0, bmp_size},
};

}  // namespace

PictureHeader read_picture_header(std::string_view bytes, const std::string& name) {
  for (const PictureFormat& format : kFormats) {
    const std::size_t at = format.signature_at;
    if (bytes.size() < at || !bytes.substr(at).starts_with(format.signature)) continue;
    const Encoded file{bytes, format.name, name};
    const Size size = format.read_size(file);
    if (size.width < 1 || size.height < 1) {
      file.corrupt("has a size of ", size.width, " x ", size.height, " pixels");
    }
    return {format.name, size};
  }
  fail(ErrorCode::kCorruptFile, name, bytes.empty() ? ": is empty" : ": is not a picture",
       " (expected PNG, JPEG, WebP or BMP)");
}

std::string without_ancillary_chunks(std::string_view png) {
  const std::string name;
  const Encoded file{png, "PNG", name};
  std::string kept(kPngSignature);
  std::size_t at = kPngSignature.size();
  for (PngChunk chunk; chunk.type != "IEND"; at += chunk.whole.size()) {
    chunk = png_chunk_at(file, at);
    if (!chunk.ancillary()) kept += chunk.whole;
  }
  return kept;
}

}  // namespace fo1
