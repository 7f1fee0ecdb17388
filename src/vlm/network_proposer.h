// A proposal network with what it needs around it: the picture made ready for it, labels turned
// into ids, what its folder says about its use.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "fo1/types.h"
#include "proposal/proposal_network.h"
#include "text/clip_tokenizer.h"

namespace fo1 {

// What a folder's fo1_proposals.json says; all of it optional.
struct ProposalUse {
  std::vector<std::string> labels;  // what to look for when nobody says
  std::string task;                 // and in which sentence; empty: "Detect {labels}."
  std::vector<std::vector<std::int64_t>> label_ids;  // the same as ids, for want of a tokenizer
  std::vector<std::int64_t> task_ids;
  std::vector<std::string> prompts;
  std::optional<double> min_score, max_iou, min_side;
  std::optional<std::int64_t> most;
};

// The network that a folder's config.json (`config`) describes, without its weights.
std::shared_ptr<ProposalNetwork> load_network_form(const std::string& folder,
                                                   const JsonView& config,
                                                   const Placement& placement);

// Immutable after load: safe from any thread.
class NetworkProposer {
 public:
  // Throws kNotFound, kCorruptFile, kUnsupported.
  static std::unique_ptr<NetworkProposer> load(const std::string& folder,
                                               const Placement& placement);

  const char* name() const { return network_->name(); }
  std::vector<std::string> prompts() const { return network_->prompts(); }
  bool reads_labels() const { return network_->prompts().empty(); }
  // Without labels, boxes compete whatever they were found for.
  Selection selection(bool with_labels) const;

  // What to look for: labels, or names of prompts, or (neither) what the folder says.
  ProposalQuery query(const std::vector<std::string>& labels,
                      const std::vector<std::string>& prompts, const Control& control) const;
  // Boxes in pixels of the image, not selected.
  Candidates find(const Image& image, const ProposalQuery& query, const Control& control) const;

  void save_wording() const;  // see Proposer

 private:
  NetworkProposer() = default;
  ProposalPrompt words_of(const std::vector<std::string>& labels, const std::string& task) const;
  ProposalPrompt own_words() const;
  void require_use() const;
  ProposalQuery make_own_query() const;
  ProposalQuery kept_query(const ProposalPrompt& words) const;

  std::string folder_;
  Placement placement_;
  ProposalUse use_;
  std::shared_ptr<ProposalNetwork> network_;
  mutable std::once_flag own_made_;
  mutable ProposalQuery own_query_;         // for own_words(), made when first needed
  std::optional<ClipTokenizer> tokenizer_;  // of networks that read words, where the folder has one
};

}  // namespace fo1
