#include "train/lesson.h"

#include <charconv>
#include <numeric>
#include <string>

#include "base/error.h"

namespace fo1::train {
namespace {

std::string words_of(const ChatMessage& message) {
  std::string words;
  for (const ChatPart& part : message.parts) {
    if (part.kind == ChatPart::Kind::kImage) {
      fail(ErrorCode::kInvalidArgument,
           "the assistant's message holds an image: only words can be "
           "learnt");
    }
    words += part.text;
  }
  if (words.empty()) fail(ErrorCode::kInvalidArgument, "the assistant's message is empty");
  return words;
}

// A model must never learn to point at what is not there.
void require_offered(const std::string& words, const ChatFrame& frame, std::int64_t offered) {
  const std::size_t hole = frame.region_name.find("{}");
  const std::string before = frame.region_name.substr(0, hole);
  const std::string after = frame.region_name.substr(hole + 2);
  for (std::size_t at = words.find(before); at != std::string::npos;
       at = words.find(before, at + 1)) {
    const char* number = words.data() + at + before.size();
    std::int64_t index = 0;
    const auto [end, error] = std::from_chars(number, words.data() + words.size(), index);
    const auto rest = static_cast<std::size_t>(end - words.data());
    const bool is_name = error == std::errc() && words.compare(rest, after.size(), after) == 0;
    if (!is_name || (index >= 0 && index < offered)) continue;
    fail(ErrorCode::kInvalidArgument, "the answer names ",
         words.substr(at, rest + after.size() - at), ", but ", offered, " regions are offered");
  }
}

}  // namespace

Lesson make_lesson(const Tokenizer& tokenizer, const ChatFrame& frame,
                   std::span<const ChatMessage> messages) {
  if (messages.empty() || messages.back().role != "assistant") {
    fail(ErrorCode::kInvalidArgument, "the last message must be the assistant's");
  }
  const std::string answer = words_of(messages.back());
  Prompt prompt = build_prompt(tokenizer, frame, messages.first(messages.size() - 1));
  require_offered(answer, frame,
                  std::accumulate(prompt.regions.begin(), prompt.regions.end(), std::int64_t{0}));
  Lesson lesson{std::move(prompt.ids), 0, std::move(prompt.regions)};
  lesson.taught = lesson.ids.size();
  const std::vector<std::int64_t> said = tokenizer.encode(answer + frame.turn_end);
  lesson.ids.insert(lesson.ids.end(), said.begin(), said.end());
  return lesson;
}

}  // namespace fo1::train
