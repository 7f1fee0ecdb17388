// Sizes of pictures that are not opened yet.
#pragma once

#include <string>

#include "base/stage_types.h"

namespace fo1::train {

// From the head of the file. A file that is missing or broken has the size 1 x 1: it is reported
// when it is used.
Size picture_size(const std::string& path);

}  // namespace fo1::train
