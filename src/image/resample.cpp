#include "image/resample.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace fo1 {
namespace {

// Weights are fixed point: 8 bits of pixel, 2 of overshoot and these fill an int32.
constexpr int kWeightBits = 22;
constexpr std::int32_t kHalf = 1 << (kWeightBits - 1);

struct Kernel {
  double support;  // zero beyond this distance
  double (*weight)(double distance);
};

double bilinear_weight(double x) {
  return std::max(0.0, 1.0 - std::abs(x));
}

// Keys' cubic with a = -0.5. The order of operations is Pillow's: it decides the last bit.
double bicubic_weight(double x) {
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

Kernel kernel_of(ResampleFilter filter) {
  return filter == ResampleFilter::kBicubic ? Kernel{2, bicubic_weight}
                                            : Kernel{1, bilinear_weight};
}

// One output position: the weighted sum of `weights.size()` inputs from `first` on.
struct Taps {
  std::int64_t first;
  std::vector<std::int32_t> weights;
};

Taps taps_at(std::int64_t position, std::int64_t in_size, double scale, const Kernel& kernel) {
  const double stretch = std::max(scale, 1.0);
  const double support = kernel.support * stretch;
  const double center = (static_cast<double>(position) + 0.5) * scale;
  const auto nearest = [](double x) { return static_cast<std::int64_t>(std::floor(x + 0.5)); };
  const std::int64_t first = std::max<std::int64_t>(0, nearest(center - support));
  const std::int64_t last = std::min(in_size, nearest(center + support));

  std::vector<double> weights;
  double sum = 0;
  for (std::int64_t i = first; i < last; ++i) {
    weights.push_back(kernel.weight((static_cast<double>(i) - center + 0.5) * (1.0 / stretch)));
    sum += weights.back();
  }
  Taps taps{first, {}};
  for (const double weight : weights) {
    const double fixed = weight / sum * (1 << kWeightBits);
    taps.weights.push_back(static_cast<std::int32_t>(fixed < 0 ? fixed - 0.5 : fixed + 0.5));
  }
  return taps;
}

std::vector<Taps> all_taps(std::int64_t in_size, std::int64_t out_size, const Kernel& kernel) {
  const double scale = static_cast<double>(in_size) / static_cast<double>(out_size);
  std::vector<Taps> taps;
  for (std::int64_t i = 0; i < out_size; ++i) taps.push_back(taps_at(i, in_size, scale, kernel));
  return taps;
}

std::uint8_t to_pixel(std::int32_t sum) {
  return static_cast<std::uint8_t>(std::clamp(sum >> kWeightBits, 0, 255));
}

// Columns are resized 16 rows at a time. Lying side by side, the same colour of 16 rows is to them
// what a stretch of a row is to the other pass: neighbouring bytes with one weight, which the
// compiler turns into vector instructions.
constexpr std::int64_t kLanes = 16;
constexpr std::int64_t kBlock = 3 * kLanes;

// out[i] = sum over k of weights[k] * in[k * step + i], for `size` <= kBlock values of i. Inlined
// with a constant size the sums stay in registers.
[[gnu::always_inline]] inline void blend(const std::uint8_t* in, std::int64_t step,
                                         const std::vector<std::int32_t>& weights,
                                         std::int64_t size, std::uint8_t* out) {
  std::int32_t sums[kBlock];
  std::fill_n(sums, kBlock, kHalf);
  for (const std::int32_t weight : weights) {
    for (std::int64_t i = 0; i < size; ++i) sums[i] += weight * in[i];
    in += step;
  }
  for (std::int64_t i = 0; i < size; ++i) out[i] = to_pixel(sums[i]);
}

// lanes[i * kLanes + r] = rows[r * row_size + i], for `count` rows.
[[gnu::always_inline]] inline void interleave(const std::uint8_t* rows, std::int64_t row_size,
                                              std::int64_t count, std::uint8_t* lanes) {
  for (std::int64_t i = 0; i < row_size; ++i) {
    for (std::int64_t r = 0; r < count; ++r) lanes[i * kLanes + r] = rows[r * row_size + i];
  }
}

void deinterleave(const std::uint8_t* lanes, std::int64_t row_size, std::int64_t count,
                  std::uint8_t* rows) {
  for (std::int64_t r = 0; r < count; ++r) {
    for (std::int64_t i = 0; i < row_size; ++i) rows[r * row_size + i] = lanes[i * kLanes + r];
  }
}

// [H, W, 3] -> [H, width, 3]
at::Tensor resample_columns(const at::Tensor& pixels, std::int64_t width, const Kernel& kernel) {
  const std::int64_t height = pixels.size(0), in_size = pixels.size(1) * 3, out_size = width * 3;
  const std::vector<Taps> taps = all_taps(pixels.size(1), width, kernel);
  at::Tensor out = at::empty({height, width, 3}, pixels.options());
  const std::uint8_t* in_data = pixels.const_data_ptr<std::uint8_t>();
  std::uint8_t* out_data = out.mutable_data_ptr<std::uint8_t>();
  at::parallel_for(0, (height + kLanes - 1) / kLanes, 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<std::uint8_t> in_lanes(in_size * kLanes), out_lanes(out_size * kLanes);
    for (std::int64_t y = begin * kLanes; y < std::min(end * kLanes, height); y += kLanes) {
      const std::int64_t count = std::min(kLanes, height - y);
      const std::uint8_t* rows = in_data + y * in_size;
      if (count == kLanes) {
        interleave(rows, in_size, kLanes, in_lanes.data());
      } else {
        interleave(rows, in_size, count, in_lanes.data());
      }
      for (std::int64_t x = 0; x < width; ++x) {
        blend(&in_lanes[taps[x].first * kBlock], kBlock, taps[x].weights, kBlock,
              &out_lanes[x * kBlock]);
      }
      deinterleave(out_lanes.data(), out_size, count, out_data + y * out_size);
    }
  });
  return out;
}

// [H, W, 3] -> [height, W, 3]
at::Tensor resample_rows(const at::Tensor& pixels, std::int64_t height, const Kernel& kernel) {
  const std::int64_t row_size = pixels.size(1) * 3;
  const std::vector<Taps> taps = all_taps(pixels.size(0), height, kernel);
  at::Tensor out = at::empty({height, pixels.size(1), 3}, pixels.options());
  const std::uint8_t* in_data = pixels.const_data_ptr<std::uint8_t>();
  std::uint8_t* out_data = out.mutable_data_ptr<std::uint8_t>();
  at::parallel_for(0, height, 8, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t y = begin; y < end; ++y) {
      const std::uint8_t* rows = in_data + taps[y].first * row_size;
      std::uint8_t* row = out_data + y * row_size;
      std::int64_t i = 0;
      for (; i + kBlock <= row_size; i += kBlock) {
        blend(rows + i, row_size, taps[y].weights, kBlock, row + i);
      }
      blend(rows + i, row_size, taps[y].weights, row_size - i, row + i);
    }
  });
  return out;
}

// A height that shrinks by over twice as many pixels as the width goes first. Each pass rounds, so
// the order shows in the last bit.
bool height_goes_first(Size from, Size to) {
  const std::int64_t shrink = from.height - to.height;
  return shrink > 0 && shrink > 2 * (from.width - to.width);
}

}  // namespace

at::Tensor resample(const at::Tensor& rgb, Size size, ResampleFilter filter) {
  const Kernel kernel = kernel_of(filter);
  const auto fit_width = [&](const at::Tensor& pixels) {
    return size.width == pixels.size(1) ? pixels : resample_columns(pixels, size.width, kernel);
  };
  const auto fit_height = [&](const at::Tensor& pixels) {
    return size.height == pixels.size(0) ? pixels : resample_rows(pixels, size.height, kernel);
  };
  const bool height_first = height_goes_first({rgb.size(1), rgb.size(0)}, size);
  return height_first ? fit_width(fit_height(rgb)) : fit_height(fit_width(rgb));
}

}  // namespace fo1
