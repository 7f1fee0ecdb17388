// count: a number in words, and the regions that were counted.
#include "task/region_names.h"
#include "task/rows.h"

namespace fo1 {

SubQuestions plan_count(const Question& question, const TaskContext& context) {
  const TaskWording& wording = context.config.wording;
  return {{fill_in(wording.count, join_labels(question.query, wording)), {}}};
}

void read_count(const Reply& reply, Answer& answer) {
  answer.count = first_number(reply.said.text, reply.context.config.grammar);
  read_detections(reply, answer);
}

}  // namespace fo1
