// What a model folder is, without taking memory for its weights.
#pragma once

#include "fo1/inspection.h"

namespace fo1 {

Inspection inspect_folder(const std::string& folder);

}  // namespace fo1
