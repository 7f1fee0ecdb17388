// 8-bit colours to the numbers that an encoder was trained on.
#pragma once

#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>
#include <string>

#include "base/json.h"

namespace fo1 {

// Mean and deviation of each colour, in units where white is 1.
struct ColourStatistics {
  std::array<double, 3> mean, std;

  // Throws kCorruptFile naming `where` when a number is not finite or a deviation not positive.
  void validate(const std::string& where) const;
};
inline constexpr ColourStatistics kClipColours = {{0.48145466, 0.4578275, 0.40821073},
                                                  {0.26862954, 0.26130258, 0.27577711}};
inline constexpr ColourStatistics kImageNetColours = {{0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}};

// Keys image_mean and image_std of `json`, each with `fallback` when absent.
ColourStatistics colour_statistics_from(const JsonView& json, const ColourStatistics& fallback);

// table[c][v] = (float(v / 255) - mean[c]) / std[c], the division by 255 in double.
using NormalizationTable = std::array<std::array<float, 256>, 3>;
NormalizationTable normalization_table(const ColourStatistics& statistics);

// rgb: [H, W, 3] uint8, contiguous -> [1, 3, H, W], float32.
at::Tensor normalized_planes(const at::Tensor& rgb, const NormalizationTable& table);

}  // namespace fo1
