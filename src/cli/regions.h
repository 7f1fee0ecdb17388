// Where the regions of a picture come from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/options.h"
#include "fo1/model.h"
#include "fo1/proposer.h"

namespace CLI {
class App;
}

namespace fo1::cli {

struct RegionChoice {
  std::string boxes;                   // file; empty: none
  std::vector<std::string> proposers;  // as Proposer::load() takes them; "none"
  bool guided = false;                 // proposers look for what the question names
  ProposeOptions propose;
  bool all_regions = false;
};
void add_boxes_option(CLI::App& app, RegionChoice& choice);
void add_proposer_options(CLI::App& app, RegionChoice& choice);  // --proposals and what to keep
void add_guided_option(CLI::App& app, RegionChoice& choice);
void add_all_regions_option(CLI::App& app, RegionChoice& choice);

// What --proposals names; names without a folder are looked for in `model_folder`.
std::vector<Proposer> load_proposers(const RegionChoice& choice, const LoadOptions& load,
                                     const std::string& model_folder);

bool any_reads_labels(const std::vector<Proposer>& proposers);

// The proposers that were chosen, asked for each picture.
class RegionFinder {
 public:
  // Throws kInvalidArgument when they cannot do what was chosen.
  RegionFinder(RegionChoice choice, std::vector<Proposer> proposers);
  // For a model: its own proposer unless another was chosen; it is loaded when it is first needed.
  RegionFinder(const RegionChoice& choice, const LoadOptions& load, const Model& model);

  // `given`: the caller's boxes, if there are any; `labels`: what the question names. The caller's
  // boxes are enough, even an empty list, unless --proposals was given.
  Proposals find(const Image& image, std::optional<std::vector<Region>> given,
                 const std::vector<std::string>& labels, const Limits& limits) const;

  bool proposes() const { return !proposers().empty(); }  // without boxes of the caller's
  bool guided() const { return choice_.guided; }
  bool all_regions() const { return choice_.all_regions; }

 private:
  ProposeOptions options_for(const Proposer& proposer,
                             const std::vector<std::string>& labels) const;

  std::vector<Proposer> proposers() const;
  void require_use() const;
  std::optional<std::int64_t> most() const;

  RegionChoice choice_;
  std::vector<Proposer> chosen_;  // by --proposals
  std::optional<Model> model_;    // whose own is asked when nothing was chosen
};

// What --boxes names, if it was given.
std::optional<std::vector<Region>> load_boxes(const RegionChoice& choice);

}  // namespace fo1::cli
