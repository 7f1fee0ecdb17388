#include "image/codec.h"

#include <algorithm>
#include <cctype>
#include <climits>
#include <filesystem>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "base/error.h"
#include "image/matrix.h"
#include "image/picture_header.h"

namespace fo1 {
namespace {

// [height, width] BGR, empty when OpenCV cannot read it.
cv::Mat decode_bgr(std::string_view bytes, const std::string& name) {
  // OpenCV wants a vector or a matrix; this one borrows the bytes, which it only reads.
  const cv::Mat file(1, static_cast<int>(bytes.size()), CV_8UC1, const_cast<char*>(bytes.data()));
  try {
    return cv::imdecode(file, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
  } catch (const cv::Exception& error) {
    if (error.code == cv::Error::StsNoMem) {
      fail(ErrorCode::kOutOfMemory, name, ": no memory to decode the picture");
    }
    return {};
  }
}

}  // namespace

RgbImage decode_picture(std::string_view bytes, const std::string& name) {
  const PictureHeader header = read_picture_header(bytes, name);
  require_supported_size(header.size, name);
  if (bytes.size() > INT_MAX) fail(ErrorCode::kUnsupported, name, ": file is larger than 2 GiB");

  const bool is_png = header.format == std::string_view("PNG");
  const std::string pixels_only = is_png ? without_ancillary_chunks(bytes) : "";
  const cv::Mat bgr = decode_bgr(is_png ? pixels_only : bytes, name);
  if (Size{bgr.cols, bgr.rows} != header.size) {
    fail(ErrorCode::kCorruptFile, name, ": ", header.format, " picture is damaged");
  }
  RgbImage image = new_rgb_image(header.size, name);
  cv::cvtColor(bgr, matrix_over(image), cv::COLOR_BGR2RGB);
  return image;
}

std::string picture_extension(const std::string& path) {
  std::string extension = std::filesystem::path(path).extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char letter) { return std::tolower(letter); });
  for (const char* known : {".png", ".jpg", ".jpeg"}) {
    if (extension == known) return extension;
  }
  fail(ErrorCode::kInvalidArgument, path, ": pictures are written as .png, .jpg or .jpeg");
}

std::string encode_picture(const RgbImage& image, const std::string& extension) {
  cv::Mat bgr;
  cv::cvtColor(matrix_over(image), bgr, cv::COLOR_RGB2BGR);
  std::vector<unsigned char> bytes;
  if (!cv::imencode(extension, bgr, bytes)) {
    fail(ErrorCode::kInternal, "a picture could not be encoded as ", extension);
  }
  return {bytes.begin(), bytes.end()};
}

}  // namespace fo1
