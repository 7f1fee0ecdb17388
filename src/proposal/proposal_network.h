// What a network that proposes regions has to offer, and the table of those that exist.
#pragma once

#include <torch/nn/module.h>

#include <memory>
#include <string>
#include <vector>

#include "base/control.h"
#include "base/json.h"
#include "base/stage_types.h"
#include "nn/placement.h"
#include "proposal/selection.h"
#include "weights/state.h"

namespace fo1 {

// What to look for.
struct ProposalPrompt {
  std::vector<std::string> names;                  // some of ProposalNetwork::prompts()
  std::vector<std::vector<std::int64_t>> classes;  // or words: the ids of each label
  std::vector<std::int64_t> task;                  // and of the sentence that tells what to do
};

// The same in the network's own terms.
struct ProposalQuery {
  at::Tensor classes;  // [K, C]: one vector per label or prompt
  at::Tensor task;     // [T, C]: the sentence; undefined where the network reads no words
};

// Registered names are those of its checkpoints, below no prefix.
struct ProposalNetwork : torch::nn::Module {
  virtual const char* name() const = 0;  // "upn"
  virtual const PictureRule& picture_rule() const = 0;
  virtual const Selection& selection() const = 0;  // what the network was made for
  // Names of what it can look for, the default first; empty: it reads words.
  virtual std::vector<std::string> prompts() const = 0;
  virtual std::int64_t query_width() const = 0;  // C of ProposalQuery
  virtual std::int64_t longest_text() const {
    return 0;
  }  // in tokens, of a network that reads words

  // How its tensors are called in a checkpoint, and patterns of those it has no use for.
  virtual std::vector<NameRule> names() const = 0;
  virtual std::vector<std::string> ignored() const = 0;
  // Fills it from a checkpoint, every tensor of which must be accounted for. Throws kNotFound,
  // kCorruptFile.
  void load(const Checkpoint& checkpoint);

  // Once per prompt, for any number of pictures. Throws kInvalidArgument.
  virtual ProposalQuery read(const ProposalPrompt& prompt, const Control& control) = 0;
  // pixels: [1, 3, H, W] as picture_rule() says, on the network's device, of its dtype. Best boxes
  // first, not yet selected; boxes in fractions of the picture's sides; labels index query.classes.
  virtual Candidates propose(const at::Tensor& pixels, const ProposalQuery& query,
                             const Control& control) = 0;
};

// Whether the table has a row for what config.json describes.
bool is_proposal_network(const JsonView& config);

// `config`: the folder's config.json. Throws kUnsupported, listing the known kinds, when the table
// has no row for it.
std::shared_ptr<ProposalNetwork> make_proposal_network(const JsonView& config,
                                                       const JsonView& preprocessor,
                                                       const Placement& placement);

}  // namespace fo1
