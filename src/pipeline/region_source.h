// What stands behind fo1::Proposer: a network, or a function of the caller's.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/control.h"
#include "fo1/proposer.h"
#include "proposal/selection.h"
#include "vlm/network_proposer.h"

namespace fo1 {

struct RegionSource {
  virtual ~RegionSource() = default;
  virtual bool reads_labels() const = 0;
  virtual const std::vector<std::string>& prompts() const = 0;
  virtual Selection selection(const ProposeOptions& options) const = 0;
  virtual void save_wording() const = 0;

  // Looks at one picture after another for one and the same thing.
  struct Search {
    virtual ~Search() = default;
    // In pixels of `picture`, not selected.
    virtual Candidates find(const Image& picture, const Control& control) = 0;

    std::vector<std::string> labels;  // what Candidates::labels index; may be empty
    bool scored = true;               // false: nobody gave a score
  };
  virtual std::unique_ptr<Search> start(const ProposeOptions& options,
                                        const Control& control) const = 0;
};

std::unique_ptr<RegionSource> network_source(std::unique_ptr<NetworkProposer> proposer);
std::unique_ptr<RegionSource> function_source(std::string name, ProposeFunction function);

}  // namespace fo1
