// describe, reason, ask and free conversation: prose that points at regions.
#include "task/rows.h"
#include "task/unicode.h"

namespace fo1 {
namespace {

// Both return the whole text where the tag does not occur.
std::string_view before(std::string_view text, std::string_view tag) {
  return text.substr(0, text.find(tag));
}
std::string_view behind(std::string_view text, std::string_view tag) {
  const std::size_t at = text.find(tag);
  return at == std::string_view::npos ? text : text.substr(at + tag.size());
}

struct Reasoned {
  std::string_view reasoning, answer;
};

// <think>reasoning</think><answer>answer</answer>, any of the tags missing: the answer starts
// behind </think>, else at <answer>; without both the words are reasoning only if <think> says so.
Reasoned split_reasoning(std::string_view text, const AnswerGrammar& grammar) {
  std::size_t cut = text.find(grammar.think_close);
  if (cut == std::string_view::npos) cut = text.find(grammar.answer_open);
  if (cut == std::string_view::npos) {
    cut = text.find(grammar.think_open) == std::string_view::npos ? 0 : text.size();
  }
  const std::string_view rest = text.substr(cut);
  const std::string_view said = behind(behind(rest, grammar.think_close), grammar.answer_open);
  return {behind(text.substr(0, cut), grammar.think_open), before(said, grammar.answer_close)};
}

// Words alone; none where nothing was said.
std::optional<std::string> words(std::string_view text, const AnswerGrammar& grammar) {
  const std::string plain = plain_text(text, grammar);
  const std::string_view stripped = strip(plain);
  if (stripped.empty()) return std::nullopt;
  return std::string(stripped);
}

void read_spans(const Reply& reply, Answer& answer) {
  read_detections(reply, answer);
  answer.spans.insert(answer.spans.end(), reply.parsed.spans.begin(), reply.parsed.spans.end());
}

}  // namespace

SubQuestions plan_describe(const Question&, const TaskContext& context) {
  return {{context.config.wording.describe, {}}};
}

SubQuestions plan_reason(const Question& question, const TaskContext& context) {
  return {{fill_in(context.config.wording.reason, question.query.front()), {}}};
}

SubQuestions plan_ask(const Question& question, const TaskContext&) {
  return {{question.query.front(), {}}};
}

void read_prose(const Reply& reply, Answer& answer) {
  read_spans(reply, answer);
  answer.answer = std::string(strip(reply.parsed.plain));
}

void read_reason(const Reply& reply, Answer& answer) {
  const AnswerGrammar& grammar = reply.context.config.grammar;
  const Reasoned parts = split_reasoning(reply.said.text, grammar);
  read_spans(reply, answer);
  answer.reasoning = words(parts.reasoning, grammar);
  answer.answer = words(parts.answer, grammar);
}

}  // namespace fo1
