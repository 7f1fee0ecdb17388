#include "pipeline/region_source.h"

namespace fo1 {
namespace {

class NetworkSource : public RegionSource {
 public:
  explicit NetworkSource(std::unique_ptr<NetworkProposer> proposer)
      : proposer_(std::move(proposer)), prompts_(proposer_->prompts()) {}

  bool reads_labels() const override { return proposer_->reads_labels(); }
  const std::vector<std::string>& prompts() const override { return prompts_; }
  void save_wording() const override { proposer_->save_wording(); }
  Selection selection(const ProposeOptions& options) const override {
    return proposer_->selection(!options.labels.empty());
  }

  std::unique_ptr<Search> start(const ProposeOptions& options,
                                const Control& control) const override {
    auto search = std::make_unique<NetworkSearch>(*proposer_);
    search->labels = options.labels;
    search->query = proposer_->query(options.labels, options.prompts, control);
    return search;
  }

 private:
  struct NetworkSearch : Search {
    explicit NetworkSearch(const NetworkProposer& network) : network(network) {}
    Candidates find(const Image& picture, const Control& control) override {
      return network.find(picture, query, control);
    }

    const NetworkProposer& network;
    ProposalQuery query;
  };

  std::unique_ptr<NetworkProposer> proposer_;
  std::vector<std::string> prompts_;
};

}  // namespace

std::unique_ptr<RegionSource> network_source(std::unique_ptr<NetworkProposer> proposer) {
  return std::make_unique<NetworkSource>(std::move(proposer));
}

}  // namespace fo1
