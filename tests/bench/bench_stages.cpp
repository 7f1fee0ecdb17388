// Time and memory of every stage at the released 3B model's sizes, random weights.
//
//   bench_stages [--dtype float32|bfloat16] [--image 1024] [--regions 100] [--repeat 3] [--tokens
//   16]
//
// Prints a Markdown table: median of the repeats, and by how much the process' peak memory grew.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "base/error.h"
#include "bench/table.h"
#include "connector/projector.h"
#include "encoder/davit.h"
#include "encoder/qwen_vit.h"
#include "image/auxiliary_pixels.h"
#include "image/primary_pixels.h"
#include "language/generate.h"
#include "language/positions.h"
#include "nn/placement.h"
#include "region/region_encoder.h"

namespace fo1 {
namespace {

struct Settings {
  std::string dtype = "float32";
  int64_t image = 1024, regions = 100, tokens = 16, question = 40;
  int repeat = 3;
};

// Maps and levels that the region encoder takes, of the sizes that the encoders give.
FeatureMaps random_maps(const std::vector<int64_t>& dims, int64_t rows, int64_t cols, bool halving,
                        const at::TensorOptions& options) {
  FeatureMaps maps;
  for (const int64_t dim : dims) {
    maps.push_back(at::randn({1, rows, cols, dim}, options).permute({0, 3, 1, 2}));
    if (halving) rows = (rows + 1) / 2, cols = (cols + 1) / 2;
  }
  return maps;
}

void bench_language(const Settings& settings, int64_t image_tokens, Table& table,
                    const at::TensorOptions& options) {
  LanguageConfig config;
  Decoder decoder{Qwen(config, options), {}};
  fill_randomly(*decoder.model);
  decoder.head = decoder.model->embed_tokens->weight;
  const int64_t prefix = image_tokens + 2 * settings.regions + 25;
  const auto embeds = [&](int64_t n) { return at::randn({n, config.dim}, options); };
  const auto positions = [](int64_t first, int64_t n) {
    return at::arange(first, first + n, at::kLong).expand({3, n});
  };
  const Control& control = Control::unlimited();
  KvCache cache(config.layers);
  table.row(cat("language model: prefix of ", prefix, " tokens"), [&] {
    cache.truncate(0);
    decoder.model->forward(embeds(prefix), positions(0, prefix), &cache, control);
  });
  at::Tensor hidden;
  table.row(cat("language model: question of ", settings.question, " tokens"), [&] {
    cache.truncate(prefix);
    hidden = decoder.model->forward(embeds(settings.question), positions(prefix, settings.question),
                                    &cache, control)[-1];
  });
  table.row(cat("language model: ", settings.tokens, " answer tokens"), [&] {
    cache.truncate(prefix + settings.question);
    GenerateOptions generation;
    generation.max_new_tokens = settings.tokens;
    generate(decoder, cache, hidden, prefix + settings.question, generation, control);
  });
}

void run(const Settings& settings) {
  const at::NoGradGuard no_grad;
  const Placement placement = parse_placement("cpu", settings.dtype);
  const at::TensorOptions options = placement.options();
  std::printf("%s, %d threads, %lldx%lld image, %lld regions\n\n", settings.dtype.c_str(),
              at::get_num_threads(), static_cast<long long>(settings.image),
              static_cast<long long>(settings.image), static_cast<long long>(settings.regions));
  Table table(settings.repeat);
  const Control& control = Control::unlimited();

  const at::Tensor rgb = at::randint(256, {settings.image, settings.image, 3}, at::kByte);
  PrimaryPixels primary;
  at::Tensor auxiliary;
  table.row("image: both encoders' pixels", [&] {
    primary = primary_pixels(rgb, {});
    auxiliary = auxiliary_pixels(rgb, {});
  });

  int64_t image_tokens = 0;
  {
    QwenVit vit(QwenVitConfig{}, options);
    fill_randomly(vit);
    table.row(cat("primary encoder: ", primary.grid_h, "x", primary.grid_w, " patches"), [&] {
      const PrimaryFeatures out =
          vit.forward(primary.patches.to(options), primary.grid_h, primary.grid_w, control);
      image_tokens = out.tokens.size(0);
    });
  }
  {
    DaVit davit(DaVitConfig{}, options);
    fill_randomly(davit);
    table.row("auxiliary encoder: 768x768", [&] { davit.forward(auxiliary.to(options), control); });
  }
  {
    RegionConfig config;
    RegionEncoder encoder(config, placement.device);
    fill_randomly(*encoder);
    const FeatureMaps maps = random_maps(config.auxiliary_dims, 192, 192, true, options);
    const FeatureMaps levels =
        random_maps({config.primary_dim}, primary.grid_h, primary.grid_w, false, options);
    RegionMaps prepared;
    table.row("region encoder: feature pyramid",
              [&] { prepared = encoder->prepare(maps, levels); });
    const at::Tensor corners = at::rand({settings.regions, 2}) * 500;
    const at::Tensor boxes =
        at::cat({corners, corners + 20 + at::rand({settings.regions, 2}) * 200}, 1);
    at::Tensor features;
    table.row("region encoder: pooling", [&] {
      features = encoder->encode(prepared, {boxes, boxes});
    });
    Projector connector("mlp2x_gelu", config.width(), 2048, options);
    fill_randomly(*connector);
    table.row("connector", [&] { connector(features.to(placement.dtype)); });
  }
  bench_language(settings, image_tokens, table, options);
}

}  // namespace
}  // namespace fo1

int main(int argc, char** argv) {
  fo1::Settings settings;
  CLI::App app("Time and memory of every stage at real sizes");
  app.add_option("--dtype", settings.dtype, "float32 or bfloat16");
  app.add_option("--image", settings.image, "side of the picture")->check(CLI::Range(28, 2048));
  app.add_option("--regions", settings.regions)->check(CLI::Range(1, 100));
  app.add_option("--tokens", settings.tokens, "answer tokens")->check(CLI::PositiveNumber);
  app.add_option("--repeat", settings.repeat)->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);
  fo1::run(settings);
}
