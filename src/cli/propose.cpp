// The command that finds regions and nothing else.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>

#include "cli/command.h"
#include "cli/files.h"
#include "cli/interrupt.h"
#include "cli/regions.h"
#include "cli/text.h"
#include "fo1/draw.h"
#include "fo1/error.h"
#include "fo1/time_limit.h"

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
  const bool labelled = std::any_of(proposals.regions.begin(), proposals.regions.end(),
                                    [](const Region& region) { return !region.label.empty(); });
  std::vector<std::string> heading = {"region", "box", "score"};
  if (labelled) heading.emplace_back("label");
  Table table(std::move(heading));
  for (std::size_t i = 0; i < proposals.regions.size(); ++i) {
    const Region& region = proposals.regions[i];
    std::vector<std::string> row = {std::to_string(i), box_text(region.box),
                                    region.score ? score_text(*region.score) : ""};
    if (labelled) row.push_back(region.label);
    table.add(std::move(row));
  }
  table.print(out);
}

// Here a network runs beside --boxes as well, whether --proposals or --model names it.
void choose_proposers(Options& options) {
  if (!options.regions.proposers.empty()) return;
  if (options.model.empty()) {
    throw CLI::ValidationError(
        "no proposal network is named; expected --proposals NAME:DIR, or --model DIR with one in "
        "its folder");
  }
  options.regions.proposers = {""};
}

// Of all that have a wording; where none has, the first says so.
void save_wordings(const std::vector<Proposer>& proposers) {
  const bool known = any_reads_labels(proposers);
  for (const Proposer& proposer : proposers) {
    if (proposer.reads_labels() || !known) proposer.save_wording();
  }
}

void run(Options& options) {
  require_place(options.json);
  require_place(options.draw);
  options.regions.guided = !options.labels.empty();
  const Image image = Image::load(options.image);
  set_log_level_of(options.load);
  // Without the language model.
  const std::vector<Proposer> proposers =
      load_proposers(options.regions, options.load.load, options.model);
  if (options.save_wording) save_wordings(proposers);
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
               "that its text encoder need not run again")
      ->group("Model");
  add_model_options(app, options->load);
  add_deadline_option(app, options->deadline_seconds);
  add_json_option(app, options->json);
  add_draw_option(app, options->draw, "Write the picture with all boxes and their scores");
  app.parse_complete_callback([options] { choose_proposers(*options); });
  app.footer(
      "The JSON can be handed on: fo1 detect --boxes FILE ...\n\n"
      "Example:\n  fo1 propose --proposals upn:DIR --image photo.jpg --draw proposals.png");
  return [options] { run(*options); };
}

}  // namespace fo1::cli
