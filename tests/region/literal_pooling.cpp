#include "region/literal_pooling.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace fo1::test {
namespace {

// Where one sample reads along one axis.
struct Tap {
  bool valid;  // at most one cell off the map
  int64_t low, high;
  float to_low, to_high;
};

Tap tap_at(float position, int64_t cells) {
  const bool valid = position >= -1.0f && position <= static_cast<float>(cells);
  position = std::max(position, 0.0f);
  const auto low = static_cast<int64_t>(position);
  if (!valid || low >= cells - 1) return {valid, cells - 1, cells - 1, 1.0f, 0.0f};
  const float fraction = position - static_cast<float>(low);
  return {true, low, low + 1, 1.0f - fraction, fraction};
}

// One region along one axis: taps [bins][samples].
std::vector<std::vector<Tap>> taps_of(float low, float high, float scale, int64_t bins,
                                      int64_t cells) {
  const float start = low * scale;
  const float bin = std::max(high * scale - start, 1.0f) / static_cast<float>(bins);
  const float samples = std::ceil(bin);
  std::vector<std::vector<Tap>> taps(static_cast<std::size_t>(bins));
  for (std::size_t i = 0; i < taps.size(); ++i) {
    for (float k = 0; k < samples; ++k) {
      const float position = start + static_cast<float>(i) * bin + (k + 0.5f) * bin / samples;
      taps[i].push_back(tap_at(position, cells));
    }
  }
  return taps;
}

// Adds the mean of one bin's samples to pooled [C]. map: [H, W, C], contiguous.
void add_bin(const at::Tensor& map, const std::vector<Tap>& down, const std::vector<Tap>& across,
             float* pooled) {
  const int64_t width = map.size(1), channels = map.size(2);
  const auto* values = map.const_data_ptr<float>();
  const auto cell = [&](int64_t y, int64_t x) { return values + (y * width + x) * channels; };
  const float share = 1.0f / static_cast<float>(down.size() * across.size());
  for (const Tap& y : down) {
    for (const Tap& x : across) {
      if (!y.valid || !x.valid) continue;
      const float *ll = cell(y.low, x.low), *lh = cell(y.low, x.high);
      const float *hl = cell(y.high, x.low), *hh = cell(y.high, x.high);
      const float wll = share * y.to_low * x.to_low, wlh = share * y.to_low * x.to_high;
      const float whl = share * y.to_high * x.to_low, whh = share * y.to_high * x.to_high;
      for (int64_t c = 0; c < channels; ++c) {
        pooled[c] += wll * ll[c] + wlh * lh[c] + whl * hl[c] + whh * hh[c];
      }
    }
  }
}

}  // namespace

at::Tensor literal_roi_pool(const at::Tensor& map, const at::Tensor& boxes, double scale,
                            int64_t bins) {
  const at::Tensor cells = map.squeeze(0).permute({1, 2, 0}).contiguous();  // [H, W, C]
  const at::Tensor pooled = at::zeros({boxes.size(0), map.size(1)});
  const auto box = boxes.accessor<float, 2>();
  const auto cells_per_pixel = static_cast<float>(scale);
  for (int64_t r = 0; r < boxes.size(0); ++r) {
    const auto across = taps_of(box[r][0], box[r][2], cells_per_pixel, bins, cells.size(1));
    const auto down = taps_of(box[r][1], box[r][3], cells_per_pixel, bins, cells.size(0));
    for (const auto& y : down) {
      for (const auto& x : across) add_bin(cells, y, x, pooled[r].data_ptr<float>());
    }
  }
  return pooled / static_cast<double>(bins * bins);
}

at::Tensor literal_pool_enlarged(const FeatureMaps& maps, const at::Tensor& boxes, double scale,
                                 int64_t bins) {
  const at::IntArrayRef size = maps.front().sizes().slice(2);
  std::vector<at::Tensor> enlarged;
  for (const at::Tensor& map : maps) {
    enlarged.push_back(at::upsample_bilinear2d(map, size, /*align_corners=*/false));
  }
  return literal_roi_pool(at::cat(enlarged, 1), boxes, scale, bins);
}

}  // namespace fo1::test
