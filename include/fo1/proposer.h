// Where regions come from when the caller has none: networks that propose boxes, or a detector of
// the caller's own.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fo1/answer.h"
#include "fo1/export.h"
#include "fo1/options.h"
#include "fo1/types.h"

namespace fo1 {

// The regions of one image and who found them.
struct Proposals {
  Proposals() = default;
  // The caller's own.
  Proposals(std::vector<Region> given) : regions(std::move(given)), source("given") {}  // NOLINT
  Proposals(std::initializer_list<Region> given) : Proposals(std::vector<Region>(given)) {}
  Proposals(std::vector<Region> found, std::string found_by)
      : regions(std::move(found)), source(std::move(found_by)) {}

  std::vector<Region> regions;  // pixels of the image; a proposer's: by falling score
  std::string source;           // "given", "upn", "opn", "given+upn", ...
  Timings timings_ms;           // "propose", when a proposer ran
};

// Looks at the image in overlapping square pieces as well as whole, so that small things are found;
// boxes that a piece's inner edge cuts are left to the pieces beside it.
struct Tiling {
  std::int64_t side = 0;  // of a piece, pixels of the image; 0: off
  double overlap = 0.25;  // part of a piece that its neighbour covers too: 0 to 0.9
};

// What to find and what to keep. Unset values are the proposer's own.
struct ProposeOptions {
  std::vector<std::string> labels;   // what to look for, where the proposer reads labels
  std::vector<std::string> prompts;  // or names of what it offers: see Proposer::prompts()

  std::optional<double> min_score;   // 0..1
  std::optional<double> max_iou;     // boxes that overlap a better one more go; 0: none goes
  std::optional<std::int64_t> most;  // how many boxes are kept, the best; 0: all. Mostly 100
  double min_side = 0;               // pixels of the image: smaller boxes go
  Tiling tiling;
  Limits limits;
};

// Finds boxes in an image or in a piece of it, in that image's pixels. Called from the thread that
// called propose(), and from several at once if propose() is. Thrown exceptions pass through as
// fo1::Error. Scores and labels may be missing.
using ProposeFunction =
    std::function<std::vector<Region>(const Image& image, const ProposeOptions& options)>;

// A source of regions. Copies share it; it never changes, so it may be used from any thread.
class FO1_API Proposer {
 public:
  // `choice`: "NAME:FOLDER"; a folder alone, whose config.json then says what it is; or, for a
  // network in `model_folder`, a name alone or nothing. Names: "opn" (OmDet-Turbo), "upn". Throws
  // kInvalidArgument, kNotFound, kCorruptFile, kUnsupported.
  static Proposer load(const std::string& choice, const LoadOptions& options = {},
                       const std::string& model_folder = "");

  // Any detector as a proposer. Its boxes are kept as they are unless options say otherwise.
  static Proposer from_function(std::string name, ProposeFunction function);

  // No box that is good enough is a valid result: no regions. Throws kInvalidArgument (labels for a
  // proposer that reads none, an unknown prompt, an option out of range), kUnsupported (an image
  // too small for the network), kCancelled, kDeadline.
  Proposals propose(const Image& image, const ProposeOptions& options = {}) const;

  const std::string& name() const;
  bool reads_labels() const;
  const std::vector<std::string>& prompts() const;  // the default first; may be empty

  // Keeps the vectors of the wording that the proposer looks for without labels in its folder
  // (fo1_wording.safetensors), so that the text encoder need not run for them again. To be deleted
  // when the weights change. Throws kUnsupported for one that reads no labels.
  void save_wording() const;

  struct Impl;
  explicit Proposer(std::shared_ptr<const Impl> impl);

 private:
  std::shared_ptr<const Impl> impl_;
};

// Several sources as one list. First all that the caller gave (source "given") and those without a
// score, in their order: none of them goes. Then the others by falling score, without those that
// overlap one before them by more than `max_iou` (0: none goes), until there are `most` in all (0:
// no limit).
FO1_API Proposals unite(const std::vector<Proposals>& parts, double max_iou = 0.8,
                        std::int64_t most = 100);

// One JSON object: the image's size, who found the regions, "boxes" in the form that
// regions_from_json() reads, times. `indent` < 0: one line.
FO1_API std::string proposals_to_json(const Image& image, const Proposals& proposals,
                                      int indent = -1);

}  // namespace fo1
