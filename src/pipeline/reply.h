// From a prompt to the model's words.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "pipeline/prompt_reader.h"
#include "task/answer_parser.h"
#include "text/chat.h"

namespace fo1 {

// What the model said to one prompt.
struct Said {
  GeneratedText text;  // without the end token
  std::vector<std::int64_t> ids;
  FinishReason finish = FinishReason::kStop;
  TokenCounts tokens;
};

// Regions on their way into a prompt: all messages' together.
struct PromptInputs {
  std::vector<const EncodedImage*> images;
  at::Tensor regions;  // [R, D], undefined when there are none
};

Said reply_to(Fo1Model& model, PromptReader& reader, const Prompt& prompt,
              const PromptInputs& inputs, const AskOptions& options, const Run& run);

}  // namespace fo1
