// Time and memory of the proposal networks at their released sizes, random weights: UPN (Swin-L)
// and OmDet-Turbo (Swin-T), stage by stage, on one picture; and deformable attention's two forms.
//
//   bench_proposals [--network upn|opn] [--width 640] [--height 480] [--dtype float32] [--repeat 3]
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "base/error.h"
#include "bench/table.h"
#include "image/proposal_pixels.h"
#include "proposal/omdet.h"
#include "proposal/upn.h"

namespace fo1 {
namespace {

struct Settings {
  std::string network = "upn", dtype = "float32";
  int64_t width = 640, height = 480, labels = 15;
  int repeat = 3;
};

at::Tensor random_picture(const Settings& settings) {
  return at::randint(256, {settings.height, settings.width, 3}, at::kByte);
}

// Both forms at the size of one encoder layer of UPN.
void bench_deformable_attention(const LevelSizes& levels, Table& table) {
  const int64_t cells = total_cells(levels), heads = 8, channels = 32, points = 4;
  const auto depth = static_cast<int64_t>(levels.size());
  const at::Tensor value = at::randn({1, cells, heads, channels});
  const at::Tensor centres =
      cell_references(levels, at::ones({1, depth, 2})).view({1, cells, 1, depth, 1, 2});
  const at::Tensor locations = centres + 0.02 * at::randn({1, cells, heads, depth, points, 2});
  const at::Tensor weights = at::rand({1, cells, heads, depth, points});
  const double composed = table.row(cat("deformable attention of ", cells, " cells, ATen"), [&] {
    deformable_attention_aten(value, levels, locations, weights);
  });
  const double kernel = table.row(cat("deformable attention of ", cells, " cells, own kernel"),
                                  [&] { deformable_attention(value, levels, locations, weights); });
  std::printf("\nown kernel: %.1f times as fast\n", composed / kernel);
}

void bench_upn(const Settings& settings, const Placement& placement) {
  const Control& control = Control::unlimited();
  const UpnConfig config;
  Upn upn(config, placement);
  fill_randomly(upn);
  const at::Tensor rgb = random_picture(settings);
  Table table(settings.repeat);
  at::Tensor pixels;
  table.row("picture: resize, normalise", [&] { pixels = proposal_pixels(rgb, config.picture); });
  pixels = pixels.to(placement.options());
  FeatureMaps maps;
  table.row(cat("backbone: ", pixels.size(3), "x", pixels.size(2)),
            [&] { maps = upn.backbone(pixels, control); });
  Upn::Encoded encoded;
  table.row("neck and encoder", [&] { encoded = upn.mix(maps, {}, control); });
  const at::Tensor prompt = upn.fine_prompt->weight[0];
  table.row("query selection and decoder", [&] { upn.decode(encoded, prompt, control); });
  const LevelSizes levels = encoded.pyramid.levels;
  maps.clear();
  encoded = {};
  const ProposalQuery query = upn.read({}, control);
  table.row("all", [&] {
    upn.propose(proposal_pixels(rgb, config.picture).to(placement.options()), query, control);
  });
  bench_deformable_attention(levels, table);
}

void bench_opn(const Settings& settings, const Placement& placement) {
  const Control& control = Control::unlimited();
  const OmDetConfig config;
  OmDet opn(config, placement.options());
  fill_randomly(opn);
  for (at::Tensor& buffer : opn.buffers()) buffer.fill_(1);  // variances among them
  const at::Tensor rgb = random_picture(settings);
  Table table(settings.repeat);
  const std::vector<int64_t> words = {49406, 320, 1125, 49407};
  ProposalPrompt prompt;
  prompt.classes.assign(static_cast<std::size_t>(settings.labels), words);
  prompt.task = words;
  ProposalQuery query;
  table.row(cat("text: ", settings.labels, " labels and the task"),
            [&] { query = opn.read(prompt, control); });
  at::Tensor pixels;
  table.row("picture: resize, normalise", [&] { pixels = proposal_pixels(rgb, config.picture); });
  pixels = pixels.to(placement.options());
  FeatureMaps maps, mixed;
  table.row(cat("backbone: ", pixels.size(3), "x", pixels.size(2)),
            [&] { maps = opn.see(pixels, control); });
  table.row("encoder", [&] { mixed = opn.encoder(maps, control); });
  const OmDetPrompt both{query.classes.unsqueeze(0), query.task.unsqueeze(0), {}};
  table.row("decoder", [&] { opn.decoder(mixed, both, control); });
  maps.clear();
  mixed.clear();
  table.row("all but the text", [&] {
    opn.propose(proposal_pixels(rgb, config.picture).to(placement.options()), query, control);
  });
}

void run(const Settings& settings) {
  const at::NoGradGuard no_grad;
  const Placement placement = parse_placement("cpu", settings.dtype);
  std::printf("%s, %s, %d threads, %lldx%lld picture\n\n", settings.network.c_str(),
              settings.dtype.c_str(), at::get_num_threads(), static_cast<long long>(settings.width),
              static_cast<long long>(settings.height));
  settings.network == "upn" ? bench_upn(settings, placement) : bench_opn(settings, placement);
}

}  // namespace
}  // namespace fo1

int main(int argc, char** argv) {
  fo1::Settings settings;
  CLI::App app("Time and memory of the proposal networks at real sizes");
  app.add_option("--network", settings.network)->check(CLI::IsMember({"upn", "opn"}));
  app.add_option("--dtype", settings.dtype, "float32 or bfloat16");
  app.add_option("--width", settings.width)->check(CLI::PositiveNumber);
  app.add_option("--height", settings.height)->check(CLI::PositiveNumber);
  app.add_option("--labels", settings.labels, "what opn looks for")->check(CLI::PositiveNumber);
  app.add_option("--repeat", settings.repeat)->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);
  fo1::run(settings);
}
