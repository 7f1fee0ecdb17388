#include "region/samples.h"

#include <ATen/ATen.h>

#include <cmath>
#include <random>
#include <vector>

namespace fo1::test {

at::Tensor awkward_boxes(Size image, uint64_t seed) {
  const auto w = static_cast<float>(image.width), h = static_cast<float>(image.height);
  const float chosen[][4] = {
      {0, 0, w, h},                                  // whole
      {w / 3, h / 3, w / 3, h / 3},                  // a point
      {w / 4, h / 5, w / 4, h / 2},                  // no width
      {w / 4, h / 5, w / 2, h / 5},                  // no height
      {w / 2, h / 2, w / 5, h / 4},                  // swapped corners
      {w / 3, h / 3, w / 3 + 0.01f, h / 3 + 0.01f},  // tiny
      {0, 0, 1, 1},                                  // first pixel
      {w - 1, h - 1, w, h},                          // last pixel
      {w, h, w, h},                                  // the far corner
      {-w / 2, -h / 2, w / 3, h / 3},                // partly outside
      {w / 2, h / 2, 2 * w, 2 * h},
      {2 * w, 2 * h, 3 * w, 3 * h},  // outside
      {-3 * w, 0, -2 * w, h},
      {w / 4, -9 * h, w / 2, -8 * h},
      {-9 * w, -7 * h, 8 * w, 9 * h},  // much larger
      {8, 4, 24, 16},                  // whole cells of most strides
      {4, 8, 8, 12},
  };
  std::vector<float> xyxy(&chosen[0][0], &chosen[0][0] + sizeof(chosen) / sizeof(float));
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<float> unit(0, 1);
  for (int i = 0; i < 24; ++i) {
    const float side = std::pow(10.0f, -2 * unit(random));
    const float x = w * unit(random) * (1 - side), y = h * unit(random) * (1 - side);
    xyxy.insert(xyxy.end(), {x, y, x + w * side * unit(random), y + h * side * unit(random)});
  }
  return at::tensor(xyxy).view({-1, 4});
}

FeatureMaps noise_maps(const std::vector<int64_t>& channels, Size size, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal;
  FeatureMaps maps;
  for (const int64_t count : channels) {
    at::Tensor map = at::empty({1, count, size.height, size.width});
    auto* values = map.data_ptr<float>();
    for (int64_t i = 0; i < map.numel(); ++i) values[i] = normal(random);
    maps.push_back(map);
    size = {(size.width + 1) / 2, (size.height + 1) / 2};
  }
  return maps;
}

}  // namespace fo1::test
