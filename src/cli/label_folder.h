// The output folder of `label`. It belongs to one set of pictures and settings, which lie in it.
#pragma once

#include <string>

#include "cli/answer_log.h"
#include "cli/label_options.h"
#include "cli/line_json.h"

namespace fo1::cli {

class LabelFolder {
 public:
  // Throws kInvalidArgument where the folder holds something that this run must not touch: results,
  // without --resume; results of other settings; files of somebody else.
  explicit LabelFolder(const LabelOptions& options);

  // Makes the folder where it is missing, and writes the settings.
  AnswerLog open_log() const;

  std::string log_path() const { return path_of("answers.jsonl"); }

 private:
  std::string settings_path() const { return path_of("settings.json"); }
  std::string path_of(const std::string& name) const;

  const LabelOptions& options_;
  Json settings_;
};

}  // namespace fo1::cli
