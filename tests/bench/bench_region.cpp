// Region pooling at the released model's sizes: as a product with small weights, and as it is
// defined. `times_faster` is the definition's time over this one's; `peak_MiB` what a call needs
// beside its inputs.
#include <ATen/ATen.h>
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <chrono>
#include <cmath>
#include <fstream>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "region/literal_pooling.h"
#include "region/region_encoder.h"
#include "region/region_pooling.h"
#include "region/samples.h"

namespace fo1 {
namespace {

constexpr int64_t kRegions = 100;
constexpr int64_t kGridWidth = 72, kGridHeight = 52;  // primary cells of a 1008 x 728 picture
constexpr Size kAuxiliaryCells{192, 192};

// Proposals: sides spread evenly over the scales from 3 % to the whole image.
at::Tensor proposals(Size image) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<float> unit(0, 1);
  std::vector<float> xyxy;
  for (int64_t r = 0; r < kRegions; ++r) {
    const auto w = static_cast<float>(image.width) * std::pow(0.03f, unit(random));
    const auto h = static_cast<float>(image.height) * std::pow(0.03f, unit(random));
    const float x = unit(random) * (static_cast<float>(image.width) - w);
    const float y = unit(random) * (static_cast<float>(image.height) - h);
    xyxy.insert(xyxy.end(), {x, y, x + w, y + h});
  }
  return at::tensor(xyxy).view({-1, 4});
}

FeatureMaps auxiliary_maps() {
  return test::noise_maps({256, 512, 1024, 2048}, kAuxiliaryCells, 2);
}

// Channels lie innermost, as the pyramid's norms leave them.
FeatureMaps pyramid_maps() {
  FeatureMaps maps;
  for (const double scale : kPyramidScales) {
    const Size size{static_cast<int64_t>(kGridWidth * scale),
                    static_cast<int64_t>(kGridHeight * scale)};
    const at::Tensor map = test::noise_maps({512}, size, 3).front();
    maps.push_back(map.contiguous(at::MemoryFormat::ChannelsLast));
  }
  return maps;
}

at::Tensor literal_pyramid(const FeatureMaps& maps, const at::Tensor& boxes) {
  std::vector<at::Tensor> parts;
  for (std::size_t level = 0; level < maps.size(); ++level) {
    parts.push_back(test::literal_roi_pool(maps[level], boxes, kPyramidScales.at(level) / 14, 7));
  }
  return at::cat(parts, 1);
}

// --- peak memory of this process, where Linux tells ---

double memory_mib(const std::string& key) {
  std::ifstream status("/proc/self/status");
  std::string word;
  double kib = 0;
  while (status >> word) {
    if (word == key) status >> kib;
  }
  return kib / 1024;
}

double peak_mib(const std::function<void()>& call) {
  malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << 5;  // forget the earlier peak
  const double before = memory_mib("VmRSS:");
  call();
  return memory_mib("VmHWM:") - before;
}

// --- benchmarks ---

using Call = std::function<at::Tensor()>;

// The literal form of a family runs first and is what the linear one is compared with.
enum class Form { kLiteral, kLinear };

void measure(benchmark::State& state, const std::string& family, Form form, const Call& call) {
  static std::map<std::string, double> literal_seconds;
  const double peak = peak_mib(call);
  const auto start = std::chrono::steady_clock::now();
  for (auto _ : state) benchmark::DoNotOptimize(call());
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  const double seconds = elapsed.count() / static_cast<double>(state.iterations());
  if (form == Form::kLiteral) literal_seconds[family] = seconds;
  if (literal_seconds.contains(family)) {
    state.counters["times_faster"] = literal_seconds[family] / seconds;
  }
  state.counters["peak_MiB"] = peak;
}

void auxiliary_literal(benchmark::State& state) {
  const FeatureMaps maps = auxiliary_maps();
  const at::Tensor boxes = proposals({768, 768});
  measure(state, "auxiliary", Form::kLiteral,
          [&] { return test::literal_pool_enlarged(maps, boxes, 0.25, 7); });
}

void auxiliary_linear(benchmark::State& state) {
  const FeatureMaps maps = auxiliary_maps();
  const at::Tensor boxes = proposals({768, 768});
  measure(state, "auxiliary", Form::kLinear,
          [&] { return pool_enlarged(maps, boxes, {.stride = 4, .bins = 7}); });
}

void pyramid_literal(benchmark::State& state) {
  const FeatureMaps maps = pyramid_maps();
  const at::Tensor boxes = proposals({kGridWidth * 14, kGridHeight * 14});
  measure(state, "pyramid", Form::kLiteral, [&] { return literal_pyramid(maps, boxes); });
}

void pyramid_linear(benchmark::State& state) {
  const FeatureMaps maps = pyramid_maps();
  const at::Tensor boxes = proposals({kGridWidth * 14, kGridHeight * 14});
  measure(state, "pyramid", Form::kLinear,
          [&] { return pool_pyramid(maps, boxes, {.stride = 14, .bins = 7}); });
}

RegionEncoder released_encoder() {
  RegionEncoder encoder(RegionConfig{}, at::kCPU);
  for (at::Tensor& weight : encoder->parameters()) weight.uniform_(-0.02, 0.02);
  return encoder;
}

RegionMaps released_maps() {
  return {auxiliary_maps(), pyramid_maps(), {768, 768}, {kGridWidth * 14, kGridHeight * 14}};
}

// Everything that new boxes on a known image cost.
void encode(benchmark::State& state) {
  RegionEncoder encoder = released_encoder();
  const RegionMaps maps = released_maps();
  const PreparedBoxes boxes = {proposals(maps.auxiliary_image), proposals(maps.primary_image)};
  measure(state, "encode", Form::kLinear, [&] { return encoder->encode(maps, boxes); });
}

// What a new image costs before.
void pyramid_convolutions(benchmark::State& state) {
  RegionEncoder encoder = released_encoder();
  const at::Tensor level = test::noise_maps({1280}, {kGridWidth, kGridHeight}, 4).front();
  measure(state, "convolutions", Form::kLinear, [&] { return encoder->pyramid(level).front(); });
}

BENCHMARK(auxiliary_literal)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(auxiliary_linear)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(pyramid_literal)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(pyramid_linear)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(encode)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(pyramid_convolutions)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace fo1

BENCHMARK_MAIN();
