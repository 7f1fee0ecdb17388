#include "image/normalize.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/error.h"

namespace fo1 {
namespace {

std::array<double, 3> three_numbers(const JsonView& json, const std::string& key,
                                    const std::array<double, 3>& fallback) {
  if (!json.has(key)) return fallback;
  const auto values = json.get<std::vector<double>>(key);
  if (values.size() != 3) json.at(key).expected("3 numbers");
  return {values[0], values[1], values[2]};
}

}  // namespace

void ColourStatistics::validate(const std::string& where) const {
  for (int c = 0; c < 3; ++c) {
    if (!std::isfinite(mean[c]) || !std::isfinite(std[c]) || static_cast<float>(std[c]) <= 0) {
      fail(ErrorCode::kCorruptFile, where, ": image_mean[", c, "] = ", mean[c], " and image_std[",
           c, "] = ", std[c], ": expected finite numbers, the second above 0");
    }
  }
}

ColourStatistics colour_statistics_from(const JsonView& json, const ColourStatistics& fallback) {
  const ColourStatistics statistics{three_numbers(json, "image_mean", fallback.mean),
                                    three_numbers(json, "image_std", fallback.std)};
  statistics.validate(json.where());
  return statistics;
}

NormalizationTable normalization_table(const ColourStatistics& statistics) {
  NormalizationTable table;
  for (int c = 0; c < 3; ++c) {
    const auto mean = static_cast<float>(statistics.mean[c]);
    const auto std = static_cast<float>(statistics.std[c]);
    for (int value = 0; value < 256; ++value) {
      table[c][value] = (static_cast<float>(value * (1.0 / 255)) - mean) / std;
    }
  }
  return table;
}

at::Tensor normalized_planes(const at::Tensor& rgb, const NormalizationTable& table) {
  at::Tensor out = at::empty({1, 3, rgb.size(0), rgb.size(1)}, at::kFloat);
  const std::uint8_t* pixels = rgb.const_data_ptr<std::uint8_t>();
  float* planes = out.mutable_data_ptr<float>();
  const std::int64_t plane_size = rgb.size(0) * rgb.size(1);
  at::parallel_for(0, plane_size, 1 << 15, [&](std::int64_t begin, std::int64_t end) {
    for (int c = 0; c < 3; ++c) {
      float* plane = planes + c * plane_size;
      for (std::int64_t i = begin; i < end; ++i) plane[i] = table[c][pixels[i * 3 + c]];
    }
  });
  return out;
}

}  // namespace fo1
