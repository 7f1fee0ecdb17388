#include "cli/regions.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/files.h"
#include "fo1/error.h"
#include "fo1/input_json.h"

namespace fo1::cli {
namespace {

constexpr const char* kRegions = "Regions";
constexpr const char* kNone = "none";
constexpr double kMaxIou = 0.8;      // between boxes of several sources
constexpr std::int64_t kMost = 100;  // of all sources together, unless said otherwise

}  // namespace

void add_boxes_option(CLI::App& app, RegionChoice& choice) {
  app.add_option("--boxes", choice.boxes,
                 "The regions to offer, JSON: [[x1, y1, x2, y2], ...] or\n"
                 "[{\"box\": [...], \"score\": 0.9, \"label\": \"...\"}, ...],\n"
                 "in pixels of the picture; or what `fo1 propose` wrote")
      ->type_name("FILE")
      ->group(kRegions);
}

void add_proposer_options(CLI::App& app, RegionChoice& choice) {
  ProposeOptions& options = choice.propose;
  add_repeatable(app, "--proposals", choice.proposers,
                 "Have regions proposed: opn:DIR (OmDet-Turbo), upn:DIR, or\n"
                 "opn, upn: the one in the model folder; repeat to unite.\n"
                 "Default: the model folder's own, if it has one;\n"
                 "none: not even that")
      ->type_name("NAME[:DIR]")
      ->group(kRegions);
  add_repeatable(app, "--prompt", options.prompts,
                 "What upn looks for: fine (default) or coarse; repeat for\n"
                 "both")
      ->type_name("NAME")
      ->group(kRegions);
  app.add_option("--min-score", options.min_score, "Least score of a proposal, 0 to 1 (mostly 0.3)")
      ->check(number_in(0, 1, "a number from 0 to 1"))
      ->type_name("S")
      ->group(kRegions);
  app.add_option("--nms", options.max_iou,
                 "Drop what overlaps a better proposal more than this,\n"
                 "0 to 1; 0: keep all (upn: 0.8, opn: 0.5)")
      ->check(number_in(0, 1, "a number from 0 to 1"))
      ->type_name("IOU")
      ->group(kRegions);
  app.add_option("--max-proposals", options.most, "Keep the best N (mostly 100); 0: all")
      ->check(number_in(0, 1e9, "a number >= 0"))
      ->type_name("N")
      ->group(kRegions);
  app.add_option("--min-side", options.min_side, "Drop proposals with a shorter side, in pixels")
      ->check(number_in(0, 1e9, "a number of pixels >= 0"))
      ->type_name("PX")
      ->group(kRegions);
  CLI::Option* tile = app.add_option("--tile", options.tiling.side,
                                     "Look at square pieces of this side (pixels) as well as\n"
                                     "at the whole picture: finds small things in large ones")
                          ->check(number_in(32, 1e6, "at least 32 pixels"))
                          ->type_name("PX")
                          ->group(kRegions);
  app.add_option("--tile-overlap", options.tiling.overlap,
                 "Part of a piece that the next one shows too (0.25)")
      ->check(number_in(0, 0.9, "a number from 0 to 0.9"))
      ->needs(tile)
      ->type_name("PART")
      ->group(kRegions);
}

void add_guided_option(CLI::App& app, RegionChoice& choice) {
  app.add_flag("--guided", choice.guided, "Propose what the question names (opn), not anything")
      ->group(kRegions);
}

void add_all_regions_option(CLI::App& app, RegionChoice& choice) {
  app.add_flag("--all-regions", choice.all_regions,
               "Ask about more regions than a prompt holds (100), in\n"
               "several passes")
      ->group(kRegions);
}

std::optional<std::vector<Region>> load_boxes(const RegionChoice& choice) {
  if (choice.boxes.empty()) return std::nullopt;
  return regions_from_json(read_text(choice.boxes), choice.boxes);
}

std::vector<Proposer> load_proposers(const RegionChoice& choice, const LoadOptions& load,
                                     const std::string& model_folder) {
  std::vector<Proposer> proposers;
  for (const std::string& name : choice.proposers) {
    if (name != kNone) proposers.push_back(Proposer::load(name, load, model_folder));
  }
  return proposers;
}

bool any_reads_labels(const std::vector<Proposer>& proposers) {
  return std::any_of(proposers.begin(), proposers.end(),
                     [](const Proposer& proposer) { return proposer.reads_labels(); });
}

RegionFinder::RegionFinder(RegionChoice choice, std::vector<Proposer> proposers)
    : choice_(std::move(choice)), chosen_(std::move(proposers)) {
  require_use();
}

RegionFinder::RegionFinder(const RegionChoice& choice, const LoadOptions& load, const Model& model)
    : choice_(choice), chosen_(load_proposers(choice, load, model.folder())) {
  if (choice.proposers.empty()) model_ = model;
  require_use();
}

std::vector<Proposer> RegionFinder::proposers() const {
  if (model_ && model_->proposer()) return {*model_->proposer()};
  return chosen_;
}

// What is chosen must be able to do what is asked of it.
void RegionFinder::require_use() const {
  if (!choice_.guided) return;
  const std::vector<Proposer> all = proposers();
  if (any_reads_labels(all)) return;
  throw Error(ErrorCode::kInvalidArgument,
              all.empty()
                  ? "no proposal network is chosen that could look for what is named"
                  : all.front().name() + " reads no labels: it cannot look for what is named");
}

// All, where all can be asked about.
std::optional<std::int64_t> RegionFinder::most() const {
  if (choice_.all_regions && !choice_.propose.most) return 0;
  return choice_.propose.most;
}

ProposeOptions RegionFinder::options_for(const Proposer& proposer,
                                         const std::vector<std::string>& labels) const {
  ProposeOptions options = choice_.propose;
  options.most = most();
  if (choice_.guided && proposer.reads_labels()) options.labels = labels;
  // Of several, each takes what it knows.
  const bool another_has = std::any_of(chosen_.begin(), chosen_.end(), [](const Proposer& other) {
    return !other.prompts().empty();
  });
  if (proposer.prompts().empty() && another_has) options.prompts.clear();
  return options;
}

Proposals RegionFinder::find(const Image& image, std::optional<std::vector<Region>> given,
                             const std::vector<std::string>& labels, const Limits& limits) const {
  std::vector<Proposals> parts;
  if (given) parts.emplace_back(std::move(*given));
  if (!given || !choice_.proposers.empty()) {
    for (const Proposer& proposer : proposers()) {
      ProposeOptions options = options_for(proposer, labels);
      options.limits = limits;
      parts.push_back(proposer.propose(image, options));
    }
  }
  if (parts.empty()) return {};
  if (parts.size() == 1) return std::move(parts.front());
  return unite(parts, choice_.propose.max_iou.value_or(kMaxIou), most().value_or(kMost));
}

}  // namespace fo1::cli
