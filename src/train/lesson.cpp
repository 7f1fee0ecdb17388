#include "train/lesson.h"

#include <numeric>
#include <string>

#include "base/error.h"
#include "task/region_names.h"

namespace fo1::train {
namespace {

std::string words_of(const ChatMessage& message) {
  std::string words;
  for (const ChatPart& part : message.parts) {
    if (part.kind == ChatPart::Kind::kImage) {
      fail(ErrorCode::kInvalidArgument,
           "the assistant's message holds an image: only words can be learnt");
    }
    words += part.text;
  }
  if (words.empty()) fail(ErrorCode::kInvalidArgument, "the assistant's message is empty");
  return words;
}

// A model must never learn to point at what is not there.
void require_offered(const std::string& words, const AnswerGrammar& grammar, std::int64_t offered) {
  for (const RegionName& name : find_region_names(words, {0, words.size()}, grammar)) {
    if (name.index < offered) continue;
    fail(ErrorCode::kInvalidArgument, "the answer names ", name.range.of(words), ", but ", offered,
         " regions are offered");
  }
}

}  // namespace

Lesson make_lesson(const Tokenizer& tokenizer, const ChatFrame& frame, const AnswerGrammar& grammar,
                   std::span<const ChatMessage> messages) {
  if (messages.empty() || messages.back().role != "assistant") {
    fail(ErrorCode::kInvalidArgument, "the last message must be the assistant's");
  }
  const std::string answer = words_of(messages.back());
  Prompt prompt = build_prompt(tokenizer, frame, messages.first(messages.size() - 1));
  require_offered(answer, grammar,
                  std::accumulate(prompt.regions.begin(), prompt.regions.end(), std::int64_t{0}));
  Lesson lesson{std::move(prompt.ids), 0, std::move(prompt.regions)};
  lesson.taught = lesson.ids.size();
  const std::vector<std::int64_t> said = tokenizer.encode(answer + frame.turn_end);
  lesson.ids.insert(lesson.ids.end(), said.begin(), said.end());
  return lesson;
}

}  // namespace fo1::train
