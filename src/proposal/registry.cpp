#include <algorithm>
#include <iterator>

#include "base/error.h"
#include "proposal/omdet.h"
#include "proposal/proposal_network.h"
#include "proposal/upn.h"

namespace fo1 {
namespace {

struct Row {
  bool (*fits)(const JsonView& config);
  std::shared_ptr<ProposalNetwork> (*make)(const JsonView& config, const JsonView& preprocessor,
                                           const Placement& placement);
};

bool is_upn(const JsonView& config) {
  return config.has("swin_embed_dim");
}
std::shared_ptr<ProposalNetwork> make_upn(const JsonView& config, const JsonView&,
                                          const Placement& placement) {
  return std::make_shared<Upn>(upn_config_from(config), placement);
}

bool is_omdet(const JsonView& config) {
  return config.get_or<std::string>("model_type", "") == "omdet-turbo";
}
std::shared_ptr<ProposalNetwork> make_omdet(const JsonView& config, const JsonView& preprocessor,
                                            const Placement& placement) {
  return std::make_shared<OmDet>(omdet_config_from(config, preprocessor), placement.options());
}

// A new network is one row here.
constexpr Row kRows[] = {
    {is_omdet, make_omdet},
    {is_upn, make_upn},
};

}  // namespace

void ProposalNetwork::load(const Checkpoint& checkpoint) {
  StateReader reader(checkpoint);
  for (std::string& pattern : ignored()) reader.ignore(std::move(pattern));
  reader.load(*this, "", names());
  reader.require_all_taken();
}

bool is_proposal_network(const JsonView& config) {
  return std::any_of(std::begin(kRows), std::end(kRows),
                     [&](const Row& row) { return row.fits(config); });
}

std::shared_ptr<ProposalNetwork> make_proposal_network(const JsonView& config,
                                                       const JsonView& preprocessor,
                                                       const Placement& placement) {
  for (const Row& row : kRows) {
    if (row.fits(config)) return row.make(config, preprocessor, placement);
  }
  fail(ErrorCode::kUnsupported, config.where(),
       ": not a proposal network this library has; known: upn (swin_embed_dim is set), opn "
       "(model_type is omdet-turbo)");
}

}  // namespace fo1
