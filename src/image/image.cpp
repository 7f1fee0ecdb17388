#include <ATen/ATen.h>

#include <algorithm>
#include <new>

#include "base/error.h"
#include "base/files.h"
#include "image/codec.h"
#include "image/rgb_image.h"

namespace fo1 {

void require_supported_size(Size size, const std::string& name) {
  // Sides are compared first: their product may not fit into 64 bits.
  const bool fits = std::max(size.width, size.height) <= kMaxImageSide &&
                    size.width * size.height <= kMaxImagePixels;
  if (fits) return;
  fail(ErrorCode::kUnsupported, name, ": a picture of ", size.width, " x ", size.height,
       " pixels is too large (at most ", kMaxImagePixels, " pixels, ", kMaxImageSide, " a side)");
}

RgbImage new_rgb_image(Size size, const std::string& name) {
  require_supported_size(size, name);
  RgbImage image{size, nullptr};
  image.pixels.reset(new (std::nothrow) std::uint8_t[image.byte_count()]);
  if (!image.pixels) {
    fail(ErrorCode::kOutOfMemory, name, ": no memory for ", size.width, " x ", size.height,
         " pixels");
  }
  return image;
}

at::Tensor rgb_tensor(const Image& image) {
  auto keep_alive = [image](void*) {};
  return at::from_blob(const_cast<std::uint8_t*>(image.rgb()), {image.height(), image.width(), 3},
                       keep_alive, at::kByte);
}

namespace {

Image make_image(RgbImage picture, std::string path) {
  return Image(
      std::make_shared<const Image::Impl>(Image::Impl{std::move(picture), std::move(path)}));
}

template <class Make>
Image or_out_of_memory(const std::string& name, Make make) {
  try {
    return make();
  } catch (const std::bad_alloc&) {
    fail(ErrorCode::kOutOfMemory, name, ": no memory for the picture");
  }
}

}  // namespace

Image::Image(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

Image Image::load(const std::string& path) {
  return or_out_of_memory(path,
                          [&] { return make_image(decode_picture(read_file(path), path), path); });
}

Image Image::decode(const void* bytes, std::size_t size) {
  if (!bytes && size > 0) fail(ErrorCode::kInvalidArgument, "encoded image: bytes is null");
  const std::string name = "<bytes>";
  return or_out_of_memory(name, [&] {
    return make_image(decode_picture({static_cast<const char*>(bytes), size}, name), "");
  });
}

std::int32_t Image::width() const noexcept {
  return static_cast<std::int32_t>(impl_->picture.size.width);
}
std::int32_t Image::height() const noexcept {
  return static_cast<std::int32_t>(impl_->picture.size.height);
}
const std::uint8_t* Image::rgb() const noexcept {
  return impl_->picture.pixels.get();
}
const std::string& Image::path() const noexcept {
  return impl_->path;
}

}  // namespace fo1
