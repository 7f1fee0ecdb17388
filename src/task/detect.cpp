// detect, ground, similar: the answer is boxes.
#include <algorithm>

#include "task/rows.h"

namespace fo1 {
namespace {

Detection detection_of(const std::string& label, const NamedRegion& named,
                       const std::vector<Region>& offered) {
  const Region& region = offered[static_cast<std::size_t>(named.index)];
  Detection detection;
  detection.label = label;
  detection.region = named.index;
  detection.box = region.box;
  detection.confidence = named.confidence;
  detection.proposal_score = region.score;
  detection.score = named.confidence * region.score.value_or(1);
  return detection;
}

}  // namespace

SubQuestions plan_detect(const Question& question, const TaskContext& context) {
  const TaskWording& wording = context.config.wording;
  return {{fill_in(wording.detect, join_labels(question.query, wording)), {}}};
}

SubQuestions plan_similar(const Question& question, const TaskContext& context) {
  const auto& [wording, grammar] = context.config;
  const std::string reference = join_regions(question.regions, wording, grammar);
  return {{fill_in(wording.similar, reference), question.regions}};
}

void read_detections(const Reply& reply, Answer& answer) {
  struct Named {
    const std::string* label;
    const NamedRegion* region;
  };
  std::vector<Named> all;
  for (const Grounding& grounding : reply.parsed.groundings) {
    for (const NamedRegion& region : grounding.regions) all.push_back({&grounding.label, &region});
  }
  // A label that comes up again is united with its first use; the order stays that of the words.
  std::sort(all.begin(), all.end(), [](const Named& left, const Named& right) {
    return left.region->position < right.region->position;
  });
  for (const Named& named : all) {
    answer.detections.push_back(detection_of(*named.label, *named.region, reply.context.regions));
  }
}

// The question is about the others: a model that names the reference as well has not found one.
void read_similar(const Reply& reply, Answer& answer) {
  read_detections(reply, answer);
  for (const std::int64_t reference : reply.asked.regions) {
    std::erase_if(answer.detections,
                  [&](const Detection& detection) { return detection.region == reference; });
    std::erase(answer.regions, reference);
  }
}

}  // namespace fo1
