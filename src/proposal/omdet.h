// OmDet-Turbo: finds what words name. The whole network, from pixels and token ids to boxes.
#pragma once

#include "proposal/omdet_decoder.h"
#include "proposal/proposal_network.h"

namespace fo1 {

// Labels become one vector each, the task's sentence one per token.
struct OmDetLanguageImpl : torch::nn::Module {
  OmDetLanguageImpl(const OmDetConfig& config, const at::TensorOptions& options);
  using Ids = std::vector<std::int64_t>;
  // Each text with its start and end tokens, the end having the largest id. Throws
  // kInvalidArgument.
  // -> [K, E]
  at::Tensor read_labels(const std::vector<Ids>& labels,
                         const Control& control = Control::unlimited());
  at::Tensor read_task(const Ids& task);  // -> [T, E]

  ClipText model{nullptr};
  at::Tensor text_projection;  // [text width, E]

 private:
  void check(const Ids& ids, const char* what) const;
  at::Tensor read_together(const Ids* labels, std::size_t count);
};
TORCH_MODULE(OmDetLanguage);

struct OmDet : ProposalNetwork {
  OmDet(OmDetConfig config, const at::TensorOptions& options);

  const char* name() const override { return "opn"; }
  const PictureRule& picture_rule() const override { return config.picture; }
  const Selection& selection() const override { return selection_; }
  std::vector<std::string> prompts() const override { return {}; }
  std::int64_t longest_text() const override { return config.text.positions; }
  std::vector<NameRule> names() const override;
  std::vector<std::string> ignored() const override;
  std::int64_t query_width() const override { return config.decoder.class_dim; }
  ProposalQuery read(const ProposalPrompt& prompt, const Control& control) override;
  Candidates propose(const at::Tensor& pixels, const ProposalQuery& query,
                     const Control& control) override;

  // For batches. pixels: [B, 3, H, W].
  OmDetBoxes forward(const at::Tensor& pixels, const OmDetPrompt& prompt, const Control& control);
  FeatureMaps see(const at::Tensor& pixels, const Control& control);  // the backbone's normed maps

  OmDetConfig config;
  Swin backbone{nullptr};
  std::vector<ChannelNorm> layer_norms;  // of each map
  OmDetLanguage language{nullptr};
  OmDetEncoder encoder{nullptr};
  OmDetDecoder decoder{nullptr};

 private:
  Selection selection_;
};

// The `most` best pairs of query and label, best first. logits: [Q, K]; boxes: [Q, 4], cxcywh.
Candidates best_pairs(const at::Tensor& logits, const at::Tensor& boxes, std::int64_t most);

}  // namespace fo1
