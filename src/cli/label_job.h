// Labels pictures one after another.
#pragma once

#include <cstdint>
#include <utility>

#include "cli/answer_log.h"
#include "cli/label_files.h"
#include "cli/label_options.h"
#include "cli/pictures.h"
#include "cli/regions.h"
#include "fo1/model.h"
#include "terminal/progress_bar.h"

namespace fo1::cli {

struct LabelTally {
  std::int64_t labelled = 0, failed = 0;
};

class LabelJob {
 public:
  LabelJob(const LabelOptions& options, Model model, RegionFinder finder)
      : options_(options), model_(std::move(model)), finder_(std::move(finder)) {}

  // Asks about the picture, logs the answer and has its files written. A picture that cannot be
  // labelled is logged and told. Throws where a file cannot be written.
  void label(const Picture& picture, AnswerLog& log, LabelFiles& files, ProgressBar& bar);

  const LabelTally& tally() const { return tally_; }

 private:
  Answer ask(const Picture& picture) const;

  const LabelOptions& options_;
  Model model_;
  RegionFinder finder_;
  LabelTally tally_;
};

}  // namespace fo1::cli
