#include "pipeline/reply.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "base/error.h"
#include "text/stream_decoder.h"

namespace fo1 {
namespace {

// The trace's first steps, enough to compare a model by.
constexpr std::int64_t kTracedLogits = 8;

GenerateOptions generate_options(const Fo1Model& model, const AskOptions& options,
                                 StreamDecoder& stream, const Run& run) {
  if (options.max_new_tokens < 0) {
    fail(ErrorCode::kInvalidArgument, "max_new_tokens: expected >= 0, got ",
         options.max_new_tokens);
  }
  GenerateOptions result;
  result.max_new_tokens =
      options.max_new_tokens > 0 ? options.max_new_tokens : model.config().max_new_tokens;
  result.stop_ids = model.stop_ids();
  result.sampling = options.sampling;
  result.keep_logits = run.trace ? kTracedLogits : 0;
  if (options.on_token) {
    result.on_token = [&](std::int64_t id) { return options.on_token(stream.push(id)); };
  }
  return result;
}

// The words of the generated ids, each id with the bytes it completed.
GeneratedText text_of(const Tokenizer& tokenizer, const Generation& generation) {
  GeneratedText said;
  StreamDecoder decoder(tokenizer, /*skip_special=*/false);
  const bool ended = generation.finish == FinishReason::kStop;
  const std::size_t words = generation.ids.size() - (ended ? 1 : 0);
  for (std::size_t i = 0; i < words; ++i) {
    const std::size_t begin = said.text.size();
    said.text += decoder.push(generation.ids[i]);
    said.pieces.push_back({begin, said.text.size(), generation.probabilities[i]});
  }
  said.text += decoder.finish();
  if (!said.pieces.empty()) said.pieces.back().end = said.text.size();
  return said;
}

TokenCounts count_tokens(const Prompt& prompt, const Generation& generation, std::int64_t rows) {
  TokenCounts counts;
  counts.region = std::count(prompt.ids.begin(), prompt.ids.end(), kRegionPlaceholder);
  const auto images = std::count(prompt.ids.begin(), prompt.ids.end(), kImagePlaceholder);
  counts.text = static_cast<std::int64_t>(prompt.ids.size()) - counts.region - images;
  counts.image = rows - counts.region - counts.text;
  counts.generated = static_cast<std::int64_t>(generation.ids.size());
  return counts;
}

void put_generation(Trace& trace, const Generation& generation) {
  trace.put("logits", at::stack(generation.logits));
  trace.put("generated_ids", at::tensor(generation.ids, at::kLong));
}

}  // namespace

Said reply_to(Fo1Model& model, PromptReader& reader, const Prompt& prompt,
              const PromptInputs& inputs, const AskOptions& options, const Run& run) {
  const PromptReader::Result read = reader.read(prompt.ids, inputs.images, inputs.regions, run);
  const Profile::Timer timer(run.profile, "generate");
  StreamDecoder stream(model.tokenizer(), /*skip_special=*/false);
  const Generation generation =
      generate(model.decoder(), reader.cache(), read.hidden, read.next,
               generate_options(model, options, stream, run), run.control);
  if (options.on_token && generation.finish != FinishReason::kCancelled) {
    const std::string rest = stream.finish();
    if (!rest.empty() && options.on_token(rest) == StreamAction::kCancel) {
      throw Abandoned("generate");
    }
  }
  if (run.trace) put_generation(*run.trace, generation);
  return {text_of(model.tokenizer(), generation), generation.ids, generation.finish,
          count_tokens(prompt, generation, read.rows)};
}

}  // namespace fo1
