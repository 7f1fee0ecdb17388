// What can be asked, as one visible table: how each task puts its question to the model and how it
// reads the model's words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fo1/answer.h"
#include "fo1/question.h"
#include "task/answer_parser.h"
#include "task/config.h"

namespace fo1 {

// Where a question is asked. Borrowed for the time of a call.
struct TaskContext {
  const std::vector<Region>& regions;  // offered to the model, in the order of their indexes
  const TaskConfig& config;
};

// One text to put to the model. Most questions are one; a caption of several regions is one each,
// since the model is trained on one region a question.
struct SubQuestion {
  std::string text;
  std::vector<std::int64_t> regions;  // the offered regions it asks about; mostly none
};

// One answer of the model, ready to be read.
struct Reply {
  const SubQuestion& asked;
  const GeneratedText& said;
  const ParsedAnswer& parsed;
  const TaskContext& context;
};

// How many of something a question may hold.
struct Arity {
  std::size_t least = 0, most = 0;
};
inline constexpr std::size_t kAnyNumber = static_cast<std::size_t>(-1);

// Parts of an Answer that only some tasks fill, and that appear in their JSON even when empty.
enum ResultPart : unsigned {
  kDetections = 1,
  kRegions = 2,
  kTexts = 4,
  kSpans = 8,
};

struct Task {
  const char* name;
  const char* help;    // one line
  bool needs_regions;  // there must be offered regions
  Arity queries;       // of Question::query
  Arity regions;       // of Question::regions
  unsigned results;    // ResultPart, or-ed
  bool by_passes;      // answers about different regions can be put together to one
  // The question is valid (checked by plan_questions).
  std::vector<SubQuestion> (*plan)(const Question& question, const TaskContext& context);
  // Adds what one reply says to `answer`.
  void (*read)(const Reply& reply, Answer& answer);
};

std::span<const Task> all_tasks();
// Throws kInvalidArgument naming the tasks there are.
const Task& find_task(std::string_view name);
// Reads the replies of a free conversation ("chat"); it is never planned from a Question.
const Task& conversation_task();

// Throw kInvalidArgument where the question is not one the task can ask: names the task, what was
// wrong and what was expected. `offered`: how many regions there are.
void check_question(const Task& task, const Question& question, std::size_t offered);
// The same for a question about regions of which a search found none.
void check_unmet_question(const Task& task, const Question& question);

// What to put to the model, in order. Throws what check_question() throws.
std::vector<SubQuestion> plan_questions(const Task& task, const Question& question,
                                        const TaskContext& context);

// Adds one reply to `answer`: the words, the regions named and dropped, and what the task makes of
// them. Call once for each sub-question, in order.
void read_reply(const Task& task, const SubQuestion& asked, const GeneratedText& said,
                const TaskContext& context, Answer& answer);

}  // namespace fo1
