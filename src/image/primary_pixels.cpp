#include "image/primary_pixels.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "base/error.h"
#include "image/resample.h"
#include "image/size_rules.h"

namespace fo1 {

void PrimaryPixelsConfig::validate(const std::string& where) const {
  const auto require_within = [&](const char* key, std::int64_t value, std::int64_t limit) {
    if (value >= 1 && value <= limit) return;
    fail(ErrorCode::kCorruptFile, where, ": ", key, " is ", value, ", expected 1 to ", limit);
  };
  require_within("patch_size", patch_size, 256);
  require_within("temporal_patch_size", temporal_patch_size, 16);
  require_within("merge_size", merge_size, 16);
  require_within("max_pixels", max_pixels, std::int64_t{1} << 28);
  require_within("min_pixels", min_pixels, max_pixels);
  colours.validate(where);
}

PrimaryPixelsConfig primary_pixels_config_from(const JsonView& json) {
  PrimaryPixelsConfig config;
  config.patch_size = json.get_or("patch_size", config.patch_size);
  config.temporal_patch_size = json.get_or("temporal_patch_size", config.temporal_patch_size);
  config.merge_size = json.get_or("merge_size", config.merge_size);
  config.min_pixels = json.get_or("min_pixels", config.min_pixels);
  config.max_pixels = json.get_or("max_pixels", config.max_pixels);
  config.colours = colour_statistics_from(json, config.colours);
  config.validate(json.where());
  return config;
}

namespace {

// Writes one patch as [3, temporal, patch, patch]; `pixels` is its top left corner.
void write_patch(const std::uint8_t* pixels, std::int64_t row_bytes,
                 const NormalizationTable& table, const PrimaryPixelsConfig& config, float* out) {
  const std::int64_t side = config.patch_size;
  for (int c = 0; c < 3; ++c) {
    const float* frame = out;
    for (std::int64_t y = 0; y < side; ++y) {
      for (std::int64_t x = 0; x < side; ++x) *out++ = table[c][pixels[y * row_bytes + x * 3 + c]];
    }
    for (std::int64_t t = 1; t < config.temporal_patch_size; ++t, out += side * side) {
      std::copy_n(frame, side * side, out);
    }
  }
}

}  // namespace

PrimaryPixels primary_pixels(const at::Tensor& rgb, const PrimaryPixelsConfig& config) {
  const std::int64_t side = config.patch_size, merge = config.merge_size;
  const Size size = smart_resize({rgb.size(1), rgb.size(0)},
                                 {side * merge, config.min_pixels, config.max_pixels});
  const at::Tensor resized = resample(rgb, size, ResampleFilter::kBicubic);
  const std::int64_t grid_h = size.height / side, grid_w = size.width / side;
  const std::int64_t patch_numbers = 3 * config.temporal_patch_size * side * side;
  const std::int64_t row_bytes = size.width * 3;

  PrimaryPixels out{at::empty({grid_h * grid_w, patch_numbers}, at::kFloat), grid_h, grid_w, side};
  const NormalizationTable table = normalization_table(config.colours);
  const std::uint8_t* pixels = resized.const_data_ptr<std::uint8_t>();
  float* patches = out.patches.mutable_data_ptr<float>();
  at::parallel_for(0, grid_h * grid_w, 64, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t p = begin; p < end; ++p) {
      // Merge order: the patches of one merged cell follow each other, cells in raster order.
      const std::int64_t cell = p / (merge * merge), inner = p % (merge * merge);
      const std::int64_t y = cell / (grid_w / merge) * merge + inner / merge;
      const std::int64_t x = cell % (grid_w / merge) * merge + inner % merge;
      write_patch(pixels + y * side * row_bytes + x * side * 3, row_bytes, table, config,
                  patches + p * patch_numbers);
    }
  });
  return out;
}

}  // namespace fo1
