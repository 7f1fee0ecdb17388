#include "capi/src/options.h"

namespace {

using namespace fo1;
using namespace fo1::capi;

ImageView view_of(const fo1_pixels& pixels) {
  ImageView view;
  view.data = pixels.data;
  view.width = pixels.width;
  view.height = pixels.height;
  view.stride = static_cast<std::ptrdiff_t>(pixels.stride);
  view.format = static_cast<PixelFormat>(pixels.format);
  view.chroma = pixels.chroma;
  view.chroma_stride = static_cast<std::ptrdiff_t>(pixels.chroma_stride);
  return view;
}

}  // namespace

extern "C" {

fo1_status fo1_image_from_pixels(fo1_image** out, const fo1_pixels* pixels) {
  return create(
      out, [&] { return Image::from_pixels(view_of(read_options(required(pixels, "pixels")))); });
}

fo1_status fo1_image_decode(fo1_image** out, const void* bytes, size_t size) {
  return create(out, [&] { return Image::decode(required(bytes, "bytes"), size); });
}

fo1_status fo1_image_load(fo1_image** out, const char* path) {
  return create(out, [&] { return Image::load(required(path, "path")); });
}

int32_t fo1_image_width(const fo1_image* image) {
  return value_or(int32_t{0}, [&] { return object_of(image)->width(); });
}

int32_t fo1_image_height(const fo1_image* image) {
  return value_or(int32_t{0}, [&] { return object_of(image)->height(); });
}

const uint8_t* fo1_image_rgb(const fo1_image* image) {
  return value_or(static_cast<const uint8_t*>(nullptr), [&] { return object_of(image)->rgb(); });
}

void fo1_image_free(fo1_image* image) {
  release(image);
}

}  // extern "C"
