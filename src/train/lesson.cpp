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

// Whether the words of a message name it.
bool is_told(std::string_view name, std::span<const ChatMessage> messages) {
  for (const ChatMessage& message : messages) {
    for (const ChatPart& part : message.parts) {
      if (part.text.find(name) != std::string::npos) return true;
    }
  }
  return false;
}

// A model must never learn to point at what is not there. Where no region is offered, words may
// tell of some.
void require_offered(const std::string& words, const AnswerGrammar& grammar, std::int64_t offered,
                     std::span<const ChatMessage> before) {
  for (const RegionName& name : find_region_names(words, {0, words.size()}, grammar)) {
    if (name.index < offered) continue;
    if (offered == 0 && is_told(name.range.of(words), before)) continue;
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
  const auto before = messages.first(messages.size() - 1);
  Prompt prompt = build_prompt(tokenizer, frame, before);
  require_offered(answer, grammar,
                  std::accumulate(prompt.regions.begin(), prompt.regions.end(), std::int64_t{0}),
                  before);
  Lesson lesson{std::move(prompt.ids), 0, std::move(prompt.regions)};
  lesson.taught = lesson.ids.size();
  const std::vector<std::int64_t> said = tokenizer.encode(answer + frame.turn_end);
  lesson.ids.insert(lesson.ids.end(), said.begin(), said.end());
  return lesson;
}

}  // namespace fo1::train
