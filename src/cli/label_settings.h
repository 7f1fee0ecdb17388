// What makes a run of `label` continue another: all settings that its labels depend on.
#pragma once

#include <string>

#include "cli/label_options.h"
#include "cli/line_json.h"

namespace fo1::cli {

// Keys are the names of options, folders absolute.
Json settings_of(const LabelOptions& options);

// Throws kInvalidArgument naming the first setting that differs.
void require_same_settings(const Json& earlier, const Json& now, const std::string& where);

}  // namespace fo1::cli
