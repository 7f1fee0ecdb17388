// Pictures and the boxes in them, from COCO files.
#pragma once

#include <string>
#include <vector>

#include "fo1/types.h"

namespace fo1::train {

struct BoxSample {
  std::string image;  // path
  std::vector<Box> boxes;
  std::vector<std::string> kinds;  // of each box, the name of its category; empty: it has none
  std::vector<std::string> texts;  // what is written in each box; empty: nothing is known
};

// `path`: a COCO file, or a folder with `annotations.json`; pictures are found relative to it. An
// entry that cannot be used is reported as a warning with its place in the file and left out; of
// crowds (`iscrowd`) no box is taken. A text is an annotation's "text", or "utf8_string"
// (COCO-Text). Throws kNotFound, kCorruptFile (no COCO file at all).
std::vector<BoxSample> read_coco_boxes(const std::string& path);

}  // namespace fo1::train
