// What the configurations of proposal networks have in common.
#pragma once

#include "base/error.h"
#include "base/json.h"
#include "base/stage_types.h"

namespace fo1 {

// For what a network has one form of only: throws kUnsupported unless `key` is absent or has the
// value `expected`.
void require_value(const JsonView& json, const char* key, const Json& expected);

// Keys image_mean and image_std, where present. Throws kCorruptFile.
void read_colours(const JsonView& json, PictureRule& rule);
void check_colours(const PictureRule& rule, const ConfigRules& rules);

}  // namespace fo1
