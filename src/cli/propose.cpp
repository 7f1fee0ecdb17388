// The command that finds regions and nothing else.
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <optional>

#include "cli/command.h"
#include "cli/files.h"
#include "cli/interrupt.h"
#include "cli/regions.h"
#include "cli/text.h"
#include "cli/time_limit.h"
#include "fo1/draw.h"
#include "fo1/error.h"

namespace fo1::cli {
namespace {

struct Options {
  std::string model;  // a folder, of which only the proposal network is loaded
  ModelChoice load;
  RegionChoice regions;
  std::vector<std::string> labels;
  std::optional<double> deadline_seconds;
  std::string image, json, draw;
  bool save_wording = false;
};

void print(const Proposals& proposals, std::ostream& out) {
  if (proposals.regions.empty()) {
    out << "nothing found\n";
    return;
  }
  Table table({"region", "box", "score", "label"});
  for (std::size_t i = 0; i < proposals.regions.size(); ++i) {
    const Region& region = proposals.regions[i];
    table.add({std::to_string(i), box_text(region.box),
               region.score ? score_text(*region.score) : "", one_line(region.label)});
  }
  table.print(out);
}

// The networks asked for, loaded without the language model.
std::vector<Proposer> chosen_proposers(const Options& options) {
  set_log_level_of(options.load);
  if (!options.regions.proposers.empty()) {
    return load_proposers(options.regions, options.load.load, options.model);
  }
  return {Proposer::load("", options.load.load, options.model)};
}

void run(Options& options) {
  require_place(options.json);
  require_place(options.draw);
  const Image image = Image::load(options.image);
  options.regions.guided = !options.labels.empty();
  const std::vector<Proposer> proposers = chosen_proposers(options);
  for (const Proposer& proposer : proposers) {
    if (options.save_wording && proposer.reads_labels()) proposer.save_wording();
  }
  const RegionFinder finder(options.regions, proposers);

  const TimeLimit limit(options.deadline_seconds, catch_interrupts());
  const Proposals proposals =
      finder.find(image, load_boxes(options.regions), options.labels, limit.remaining());
  const std::string json = proposals_to_json(image, proposals, 2) + "\n";
  if (options.json == "-") {
    std::cout << json;
  } else {
    if (!options.json.empty()) write_text(options.json, json);
    print(proposals, std::cout);
  }
  std::cout.flush();
  if (!options.draw.empty()) draw_regions(image, proposals.regions, options.draw);
}

}  // namespace

Action declare_propose(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("--model", options->model, "Model folder, for the proposal network in it")
      ->type_name("DIR");
  app.add_option("--image", options->image, "The picture: PNG, JPEG, ...")
      ->required()
      ->type_name("FILE");
  add_repeatable(app, "--query", options->labels,
                 "A name of what to look for (opn); repeat for more.\nDefault: anything")
      ->type_name("TEXT");
  add_boxes_option(app, options->regions);
  add_proposer_options(app, options->regions);
  app.add_flag("--save-wording", options->save_wording,
               "Keep what opn makes of its own wording in its folder, so\n"
               "that loading needs no text encoder")
      ->group("Model");
  add_model_options(app, options->load);
  add_deadline_option(app, options->deadline_seconds);
  add_json_option(app, options->json);
  add_draw_option(app, options->draw, "Write the picture with all boxes and their scores");
  app.footer(
      "The JSON can be handed on: fo1 detect --boxes FILE ...\n\n"
      "Example:\n  fo1 propose --proposals upn:DIR --image photo.jpg --draw proposals.png");
  return [options] { run(*options); };
}

}  // namespace fo1::cli
