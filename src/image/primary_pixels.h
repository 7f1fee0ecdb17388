// Pixels for the primary encoder: Qwen2-VL's image processor.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>

#include "base/json.h"
#include "base/stage_types.h"
#include "image/normalize.h"

namespace fo1 {

struct PrimaryPixelsConfig {
  std::int64_t patch_size = 14;
  std::int64_t temporal_patch_size = 2;  // a still picture is repeated this often
  std::int64_t merge_size = 2;           // merge_size x merge_size patches become one image token
  std::int64_t min_pixels = 3136;
  std::int64_t max_pixels = 1003520;
  ColourStatistics colours = kClipColours;

  void validate(const std::string& where) const;
};
// From preprocessor_config.json.
PrimaryPixelsConfig primary_pixels_config_from(const JsonView& json);

// rgb: [H, W, 3] uint8 -> resized to whole merged patches and normalised.
PrimaryPixels primary_pixels(const at::Tensor& rgb, const PrimaryPixelsConfig& config);

}  // namespace fo1
