// What differs between releases in how questions are put and answers are written.
#pragma once

#include "base/json.h"
#include "task/grammar.h"
#include "task/wording.h"

namespace fo1 {

struct TaskConfig {
  TaskWording wording;
  AnswerGrammar grammar;
};

// Reads `{"wording": {...}, "grammar": {...}}`, keys named as the fields. A missing key keeps the
// released checkpoints' value; an unknown one, a wording without its `{}` or an unusable tag is an
// error (kCorruptFile).
TaskConfig task_config_from(const JsonView& json);

}  // namespace fo1
