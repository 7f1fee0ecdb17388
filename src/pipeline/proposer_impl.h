#pragma once

#include <memory>
#include <string>

#include "pipeline/region_source.h"

namespace fo1 {

// The networks one can ask for by name.
inline constexpr const char* kNetworkNames[] = {"opn", "upn"};

struct Proposer::Impl {
  std::string name;
  std::unique_ptr<const RegionSource> source;
};

// An empty name: whatever the folder holds.
std::shared_ptr<const Proposer::Impl> load_proposer(const std::string& name,
                                                    const std::string& folder,
                                                    const Placement& placement);

}  // namespace fo1
