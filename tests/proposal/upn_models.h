// The recorded UPN checkpoints.
#pragma once

#include <memory>
#include <string>

#include "proposal/upn.h"

namespace fo1::test {

std::shared_ptr<Upn> load_upn(const std::string& folder);  // a path for data_path()
std::shared_ptr<Upn> tiny_upn();                           // loaded once

}  // namespace fo1::test
