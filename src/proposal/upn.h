// UPN, the Universal Proposal Network: boxes around anything, in a fine and a coarse manner. Read
// forward() from the picture to the boxes.
#pragma once

#include "proposal/proposal_network.h"
#include "proposal/upn_decoder.h"

namespace fo1 {

struct Upn : ProposalNetwork {
  Upn(UpnConfig config, const Placement& placement);

  const char* name() const override { return "upn"; }
  const PictureRule& picture_rule() const override { return config.picture; }
  const Selection& selection() const override { return config.selection; }
  std::vector<std::string> prompts() const override;
  std::vector<NameRule> names() const override;
  std::vector<std::string> ignored() const override;
  std::int64_t query_width() const override { return config.dim; }
  ProposalQuery read(const ProposalPrompt& prompt, const Control& control) override;
  Candidates propose(const at::Tensor& pixels, const ProposalQuery& query,
                     const Control& control) override;

  // Its parts, for batches: padding [B, H, W], bool, marks pixels outside each picture;
  // undefined: there are none, which costs less.
  struct Encoded {
    UpnPyramid pyramid;
    at::Tensor memory;  // [B, S, C]
  };
  Encoded encode(const at::Tensor& pixels, const at::Tensor& padding, const Control& control);
  Encoded mix(const FeatureMaps& maps, const at::Tensor& padding, const Control& control);
  struct Found {
    UpnSelection selection;
    UpnDecoded decoded;
    at::Tensor logits;  // [B, Q], float32: how well each box answers the prompt
  };
  Found decode(const Encoded& encoded, const at::Tensor& prompt, const Control& control);

  UpnConfig config;
  Swin backbone{nullptr};
  UpnNeck neck{nullptr};
  std::vector<UpnEncoderLayer> encoder;
  UpnQuerySelection selector{nullptr};
  UpnDecoder decoder{nullptr};
  at::Tensor level_embed;                                  // [L, C]
  Embedding fine_prompt{nullptr}, coarse_prompt{nullptr};  // [1, C]
};

}  // namespace fo1
