// Sizes of pictures that are not opened yet.
#pragma once

#include <string>

#include "base/stage_types.h"

namespace fo1::train {

// Decodes nothing. Throws what reading the file and read_picture_header() throw.
Size picture_size(const std::string& path);

}  // namespace fo1::train
