// ocr and caption: words for given regions.
#include <algorithm>
#include <numeric>

#include "base/error.h"
#include "task/region_names.h"
#include "task/rows.h"
#include "task/unicode.h"

namespace fo1 {
namespace {

// The regions meant: those given, else all that are offered.
std::vector<std::int64_t> regions_of(const Question& question, const TaskContext& context) {
  if (!question.regions.empty()) return question.regions;
  std::vector<std::int64_t> all(context.regions.size());
  std::iota(all.begin(), all.end(), 0);
  return all;
}

// One question for each `at_once` regions.
SubQuestions questions_about(const std::vector<std::int64_t>& regions, std::size_t at_once,
                             const std::string& wording, const TaskConfig& config) {
  SubQuestions questions;
  for (auto first = regions.begin(); first != regions.end();) {
    const auto left = static_cast<std::size_t>(regions.end() - first);
    const auto last = first + static_cast<std::ptrdiff_t>(std::min(at_once, left));
    std::vector<std::int64_t> asked(first, last);
    const std::string names = join_regions(asked, config.wording, config.grammar);
    questions.push_back({fill_in(wording, names), std::move(asked)});
    first = last;
  }
  return questions;
}

bool starts_line(std::string_view text, std::size_t at) {
  return at == 0 || text[at - 1] == '\n';
}

// The names that open an entry of a list: `<region0>: OPEN 24`, each on a line of its own.
std::vector<RegionName> find_entries(std::string_view text, const AnswerGrammar& grammar) {
  std::vector<RegionName> entries = find_region_names(text, {0, text.size()}, grammar);
  std::erase_if(entries, [&](const RegionName& name) {
    return !starts_line(text, name.range.begin) || !text.substr(name.range.end).starts_with(':');
  });
  return entries;
}

std::string words(std::string_view text, const AnswerGrammar& grammar) {
  return std::string(strip(plain_text(text, grammar)));
}

}  // namespace

SubQuestions plan_ocr(const Question& question, const TaskContext& context) {
  const TaskWording& wording = context.config.wording;
  const auto at_once = static_cast<std::size_t>(wording.ocr_regions_per_question);
  return questions_about(regions_of(question, context), at_once == 0 ? kAnyNumber : at_once,
                         wording.ocr, context.config);
}

SubQuestions plan_caption(const Question& question, const TaskContext& context) {
  const TaskWording& wording = context.config.wording;
  const std::string style = question.query.empty() ? "brief" : question.query.front();
  if (style != "brief" && style != "detailed") {
    fail(ErrorCode::kInvalidArgument, "caption: query is ", quoted(style),
         ", expected \"brief\" or \"detailed\"");
  }
  return questions_about(regions_of(question, context), 1,
                         style == "brief" ? wording.caption_brief : wording.caption_detailed,
                         context.config);
}

void read_region_texts(const Reply& reply, Answer& answer) {
  const AnswerGrammar& grammar = reply.context.config.grammar;
  const std::string_view text = reply.said.text;
  const std::vector<RegionName> entries = find_entries(text, grammar);
  if (entries.empty() && reply.asked.regions.size() == 1) {
    answer.texts.push_back({reply.asked.regions.front(), words(text, grammar)});
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::size_t begin = entries[i].range.end + 1;  // behind the colon
    const std::size_t end = i + 1 < entries.size() ? entries[i + 1].range.begin : text.size();
    const auto region = static_cast<std::uint64_t>(entries[i].index);
    if (region >= reply.context.regions.size()) continue;  // reported as dropped
    answer.texts.push_back({entries[i].index, words(text.substr(begin, end - begin), grammar)});
  }
}

}  // namespace fo1
