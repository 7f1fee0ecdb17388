// How each format of annotations lies below the output folder of `label`.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/label_options.h"
#include "cli/pictures.h"
#include "fo1/annotations.h"

namespace fo1::cli {

// Files about one picture and about the classes are not written over where they exist: somebody may
// have corrected them by hand. What lists all pictures is written anew.
struct LabelFormat {
  const char* name;
  std::vector<std::string> places;  // what it writes, below the output folder

  // Each may be null: there is nothing to do.
  // Throws kInvalidArgument for labels that it cannot hold, and pictures it could not tell apart.
  void (*check)(const LabelOptions& options, const std::vector<Picture>& pictures);
  void (*write_picture)(const LabelOptions& options, const Picture& picture,
                        const AnnotatedImage& image);
  void (*write_all)(const LabelOptions& options, const std::vector<AnnotatedImage>& images);
};

// A new format is one row in label_formats.cpp.
std::span<const LabelFormat> all_label_formats();
const LabelFormat& drawn_pictures();  // --draw

}  // namespace fo1::cli
