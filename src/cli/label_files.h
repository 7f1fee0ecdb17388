// The files of annotations that `label` makes of what was found.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "cli/label_formats.h"
#include "cli/label_options.h"
#include "cli/pictures.h"
#include "fo1/annotations.h"

namespace fo1::cli {

// What the model named otherwise than asked.
struct Unasked {
  std::int64_t boxes = 0;
  std::set<std::string> labels;
};

// Without annotations below the score that was chosen, and those whose label was not asked for.
void keep_asked(const LabelOptions& options, AnnotatedImage& image, Unasked& unasked);

// Throws kInvalidArgument where something in the output folder has the name of what any of the
// formats writes: without an earlier run it is somebody else's.
void require_room(const LabelOptions& options);

class LabelFiles {
 public:
  // Throws kInvalidArgument for what one of the formats cannot hold.
  LabelFiles(const LabelOptions& options, const std::vector<Picture>& pictures);

  void add(const Picture& picture, AnnotatedImage found);  // each once; writes the files about it
  void finish();                                           // writes those about all of them

  const Unasked& unasked() const { return unasked_; }  // and therefore left out

 private:
  const LabelOptions& options_;
  std::vector<const LabelFormat*> formats_;
  std::vector<AnnotatedImage> images_;
  Unasked unasked_;
};

}  // namespace fo1::cli
