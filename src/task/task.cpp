#include "task/task.h"

#include <algorithm>
#include <unordered_set>

#include "base/error.h"
#include "task/unicode.h"

namespace fo1 {
namespace {

template <class... Parts>
[[noreturn]] void refuse(const Task& task, const Parts&... parts) {
  fail(ErrorCode::kInvalidArgument, task.name, ": ", parts...);
}

std::string words_of(Arity arity) {
  if (arity.most == 0) return "no";
  if (arity.least == arity.most) return cat("exactly ", arity.least);
  if (arity.most == kAnyNumber) return cat("at least ", arity.least);
  return cat("at most ", arity.most);
}

void check_number(const Task& task, const char* what, Arity arity, std::size_t given) {
  if (given >= arity.least && given <= arity.most) return;
  refuse(task, "takes ", words_of(arity), " ", what, ", got ", given);
}

void check_query(const Task& task, const std::vector<std::string>& query) {
  check_number(task, "query", task.queries, query.size());
  for (std::size_t i = 0; i < query.size(); ++i) {
    if (strip(query[i]).empty()) refuse(task, "query[", i, "] is empty, expected words");
    if (!is_utf8(query[i])) refuse(task, "query[", i, "] is not valid UTF-8");
  }
}

void check_regions(const Task& task, const std::vector<std::int64_t>& regions,
                   std::size_t offered) {
  check_number(task, "region", task.regions, regions.size());
  for (std::size_t i = 0; i < regions.size(); ++i) {
    const std::int64_t region = regions[i];
    if (region < 0 || static_cast<std::uint64_t>(region) >= offered) {
      const std::string range = offered > 0 ? cat(" (0 to ", offered - 1, ")") : "";
      refuse(task, "regions[", i, "] is ", region, ", but there are ", offered, " offered regions",
             range);
    }
    if (std::find(regions.begin(), regions.begin() + i, region) != regions.begin() + i) {
      refuse(task, "regions[", i, "] repeats region ", region);
    }
  }
}

std::int64_t index_of(std::int64_t region) {
  return region;
}
std::int64_t index_of(const DroppedRegion& dropped) {
  return dropped.region;
}

// Appends those of `more` whose region `all` does not hold yet.
template <class T>
void unite(std::vector<T>& all, const std::vector<T>& more) {
  std::unordered_set<std::int64_t> known;
  for (const T& item : all) known.insert(index_of(item));
  for (const T& item : more) {
    if (known.insert(index_of(item)).second) all.push_back(item);
  }
}

}  // namespace

void check_question(const Task& task, const Question& question, std::size_t offered) {
  check_query(task, question.query);
  if (task.needs_regions && offered == 0) refuse(task, "needs regions, but none are offered");
  check_regions(task, question.regions, offered);
}

void check_unmet_question(const Task& task, const Question& question) {
  check_query(task, question.query);
  check_regions(task, question.regions, 0);
}

std::vector<SubQuestion> plan_questions(const Task& task, const Question& question,
                                        const TaskContext& context) {
  check_question(task, question, context.regions.size());
  return task.plan(question, context);
}

void read_reply(const Task& task, const SubQuestion& asked, const GeneratedText& said,
                const TaskContext& context, Answer& answer) {
  const ParsedAnswer parsed = parse_answer(said, context.regions.size(), context.config.grammar);
  if (!answer.text.empty()) answer.text += '\n';
  answer.text += said.text;
  unite(answer.regions, parsed.regions);
  unite(answer.dropped, parsed.dropped);
  task.read({asked, said, parsed, context}, answer);
}

}  // namespace fo1
