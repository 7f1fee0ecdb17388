// A picture of an answer.
#pragma once

#include <string>
#include <vector>

#include "fo1/answer.h"
#include "fo1/export.h"
#include "fo1/types.h"

namespace fo1 {

// Writes `image` with the answer's boxes, one colour per label, to a .png or .jpg file
// (atomically). `regions`: the regions that were offered; those that the answer's texts and spans
// name are drawn as well. Throws kInvalidArgument for another file type, kNotFound when it cannot
// be written.
FO1_API void draw_answer(const Image& image, const Answer& answer,
                         const std::vector<Region>& regions, const std::string& path);

// Writes `image` with all regions, their labels and scores.
FO1_API void draw_regions(const Image& image, const std::vector<Region>& regions,
                          const std::string& path);

}  // namespace fo1
