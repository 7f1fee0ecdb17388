// The proposal network that a model folder brings along.
#pragma once

#include <optional>
#include <string>

namespace fo1 {

// A folder that holds a proposal network: where the key `fo1_proposals` of the model's config.json
// says (a path, relative to the model folder), else `proposals`, else `proposals/NAME`. With an
// empty `name` the first there is, opn before upn; else `proposals/name` before the others.
std::optional<std::string> own_proposals(const std::string& model_folder,
                                         const std::string& name = "");

}  // namespace fo1
