// Pictures and the boxes in them, from COCO files.
#pragma once

#include <string>
#include <vector>

#include "fo1/types.h"

namespace fo1::train {

struct BoxSample {
  std::string image;  // path
  std::vector<Box> boxes;
};

// `path`: a COCO file, or a folder with `annotations.json`; pictures are found relative to it. An
// entry that cannot be used is reported as a warning with its place in the file and left out; of
// crowds (`iscrowd`) no box is taken. Throws kNotFound, kCorruptFile (no COCO file at all).
std::vector<BoxSample> read_coco_boxes(const std::string& path);

}  // namespace fo1::train
