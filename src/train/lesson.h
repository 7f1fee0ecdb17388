// What the language model reads and what it is to say, as token ids.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "task/grammar.h"
#include "text/chat.h"

namespace fo1::train {

struct Lesson {
  std::vector<std::int64_t> ids;      // with placeholders: the prompt, the answer, the turn's end
  std::size_t taught = 0;             // ids from here on are to be learnt
  std::vector<std::int64_t> regions;  // of each message before the answer: how many are in
};

// `messages`: the last is the assistant's, of words alone. Its answer is cut into tokens apart from
// the prompt, as it is when the model says it. Throws what build_prompt() throws, and
// kInvalidArgument for an answer that is empty or names a region that the prompt neither offers
// nor, where it offers none, tells of in words.
Lesson make_lesson(const Tokenizer& tokenizer, const ChatFrame& frame, const AnswerGrammar& grammar,
                   std::span<const ChatMessage> messages);

}  // namespace fo1::train
