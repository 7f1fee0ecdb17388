#include "ops/deformable_attention.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <cmath>

namespace fo1 {
namespace {

constexpr int64_t kQueriesPerTask = 64;

// One level's cells for one head; neighbouring cells are `step` floats apart.
struct Plane {
  const float* cells;
  int64_t height, width, step;
};

// One head's samples of one query: places as fractions of each level, and how much each counts.
struct Samples {
  const float* places;   // [L, P, 2]
  const float* weights;  // [L, P]
  int64_t points;
};

// out += weight * plane at (x, y). `Channels`: how many, where the compiler is to know; else 0.
template <int Channels>
inline void add_sample(const Plane& plane, float x, float y, float weight, int64_t channels,
                       float* out) {
  const float column = x * static_cast<float>(plane.width) - 0.5f;
  const float row = y * static_cast<float>(plane.height) - 0.5f;
  // Also false for NaN; beyond this no cell is near, and an integer might not hold the number.
  if (!(column > -1 && row > -1 && column < static_cast<float>(plane.width) &&
        row < static_cast<float>(plane.height))) {
    return;
  }
  const float left = std::floor(column), top = std::floor(row);
  const float right_part = column - left, lower_part = row - top;
  const auto x0 = static_cast<int64_t>(left), y0 = static_cast<int64_t>(top);
  const float across[2] = {1 - right_part, right_part}, down[2] = {1 - lower_part, lower_part};
  for (int64_t dy = 0; dy < 2; ++dy) {
    if (y0 + dy < 0 || y0 + dy >= plane.height) continue;
    for (int64_t dx = 0; dx < 2; ++dx) {
      if (x0 + dx < 0 || x0 + dx >= plane.width) continue;
      const float share = weight * down[dy] * across[dx];
      const float* cell = plane.cells + ((y0 + dy) * plane.width + x0 + dx) * plane.step;
      const int64_t count = Channels > 0 ? Channels : channels;
      for (int64_t c = 0; c < count; ++c) out[c] += share * cell[c];
    }
  }
}

template <int Channels>
inline void add_samples(const float* cells, const LevelSizes& levels, int64_t step,
                        const Samples& samples, int64_t channels, float* out) {
  const float* place = samples.places;
  const float* weight = samples.weights;
  for (const Size& level : levels) {
    const Plane plane{cells, level.height, level.width, step};
    for (int64_t p = 0; p < samples.points; ++p, place += 2, ++weight) {
      add_sample<Channels>(plane, place[0], place[1], *weight, channels, out);
    }
    cells += level.height * level.width * step;
  }
}

// ThreadSanitizer cannot have it: what picks the clone runs before the sanitizer does.
#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)
#define FO1_WIDE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FO1_WIDE
#endif

// `cells`: of all levels, from this head's first channel on. Compiled once per instruction set.
FO1_WIDE void read_head(const float* cells, const LevelSizes& levels, int64_t step,
                        const Samples& samples, int64_t channels, float* out) {
  switch (channels) {
    case 32: {  // the real networks': sums stay in registers
      float sums[32] = {};
      add_samples<32>(cells, levels, step, samples, channels, sums);
      for (int c = 0; c < 32; ++c) out[c] = sums[c];
      return;
    }
    default: add_samples<0>(cells, levels, step, samples, channels, out);
  }
}

at::Tensor deformable_attention_cpu(const at::Tensor& value, const LevelSizes& levels,
                                    const at::Tensor& locations, const at::Tensor& weights) {
  const int64_t batch = value.size(0), cells = value.size(1), heads = value.size(2),
                channels = value.size(3), queries = locations.size(1), points = locations.size(4);
  const int64_t samples = static_cast<int64_t>(levels.size()) * points, step = heads * channels;
  const at::Tensor values = value.contiguous(), places = locations.contiguous(),
                   shares = weights.contiguous();
  at::Tensor out = at::zeros({batch, queries, step}, value.options());
  const float* all_cells = values.const_data_ptr<float>();
  const float* all_places = places.const_data_ptr<float>();
  const float* all_shares = shares.const_data_ptr<float>();
  float* results = out.mutable_data_ptr<float>();

  at::parallel_for(0, batch * queries, kQueriesPerTask, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {  // b * queries + q
      const float* picture = all_cells + row / queries * cells * step;
      for (int64_t head = 0; head < heads; ++head) {
        const int64_t first = (row * heads + head) * samples;
        read_head(picture + head * channels, levels, step,
                  {all_places + 2 * first, all_shares + first, points}, channels,
                  results + row * step + head * channels);
      }
    }
  });
  return out;
}

}  // namespace

std::int64_t total_cells(const LevelSizes& levels) {
  std::int64_t cells = 0;
  for (const Size& level : levels) cells += level.width * level.height;
  return cells;
}

at::Tensor level_sides(const LevelSizes& levels, at::Device device) {
  std::vector<float> sides;
  for (const Size& level : levels) {
    sides.push_back(static_cast<float>(level.width));
    sides.push_back(static_cast<float>(level.height));
  }
  return at::tensor(sides, at::kFloat).view({-1, 2}).to(device);
}

at::Tensor deformable_attention_aten(const at::Tensor& value, const LevelSizes& levels,
                                     const at::Tensor& locations, const at::Tensor& weights) {
  const int64_t batch = value.size(0), heads = value.size(2), channels = value.size(3),
                queries = locations.size(1);
  const at::Tensor grids = locations.to(at::kFloat) * 2 - 1;
  at::Tensor out;  // [B * heads, D, Q]
  int64_t first = 0;
  for (std::size_t l = 0; l < levels.size(); ++l) {
    const int64_t height = levels[l].height, width = levels[l].width;
    const auto level = static_cast<int64_t>(l);
    // float32: half a number format cannot tell the places of a wide map apart.
    const at::Tensor map = value.narrow(1, first, height * width)
                               .to(at::kFloat)
                               .permute({0, 2, 3, 1})
                               .reshape({batch * heads, channels, height, width});
    const at::Tensor grid = grids.select(3, level).transpose(1, 2).flatten(0, 1);  // [Bh, Q, P, 2]
    const at::Tensor share =
        weights.to(at::kFloat).select(3, level).transpose(1, 2).flatten(0, 1);  // [Bh, Q, P]
    const at::Tensor read = at::grid_sampler(map, grid, /*bilinear*/ 0,
                                             /*zeros*/ 0, /*align_corners=*/false);
    const at::Tensor sum = (read * share.unsqueeze(1)).sum(-1);
    out = out.defined() ? out + sum : sum;
    first += height * width;
  }
  return out.view({batch, heads * channels, queries}).transpose(1, 2).to(value.scalar_type());
}

at::Tensor deformable_attention(const at::Tensor& value, const LevelSizes& levels,
                                const at::Tensor& locations, const at::Tensor& weights) {
  const bool has_gradients =
      at::GradMode::is_enabled() &&
      (value.requires_grad() || locations.requires_grad() || weights.requires_grad());
  if (!value.is_cpu() || has_gradients) {
    return deformable_attention_aten(value, levels, locations, weights);
  }
  return deformable_attention_cpu(value.to(at::kFloat), levels, locations.to(at::kFloat),
                                  weights.to(at::kFloat))
      .to(value.scalar_type());
}

}  // namespace fo1
