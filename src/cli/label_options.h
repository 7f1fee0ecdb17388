// What the command `label` was asked for.
#pragma once

#include <string>
#include <vector>

#include "cli/options.h"
#include "cli/regions.h"

namespace fo1::cli {

struct LabelOptions {
  ModelChoice model;
  Generation generation;
  RegionChoice regions;
  std::vector<std::string> labels;
  std::string images;  // folder
  std::string out;     // folder
  std::vector<std::string> formats;
  bool recursive = false;
  bool draw = false;
  bool resume = false;
  double min_label_score = 0;  // of what is written to the files
};

}  // namespace fo1::cli
