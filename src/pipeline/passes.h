// Answers about parts of a scene's regions, put together.
#pragma once

#include <optional>

#include "fo1/answer.h"
#include "fo1/question.h"

namespace fo1 {

// The part of a question that concerns the regions [first, first + count), with indexes from 0.
// None when it names regions, but none of these.
std::optional<Question> question_for(const Question& question, std::int64_t first,
                                     std::int64_t count);

// Adds the answer about the regions from `first` on. A detection of a label that overlaps one of
// another pass is the same object seen twice: the better one stays, and is counted once.
void add_pass(Answer part, std::int64_t first, Answer& whole);

}  // namespace fo1
