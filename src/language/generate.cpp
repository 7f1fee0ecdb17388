#include "language/generate.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <optional>

#include "base/error.h"

namespace fo1 {
namespace {

constexpr const char* kStage = "generate";

std::optional<FinishReason> limit_reached(const Control& control) {
  if (control.cancelled()) return FinishReason::kCancelled;
  if (control.expired()) return FinishReason::kDeadline;
  return std::nullopt;
}

// Whether the caller wants to hear more after this token.
bool wanted(int64_t id, const GenerateOptions& options) {
  if (!options.on_token) return true;
  const StreamAction action = options.on_token(id);
  if (action == StreamAction::kCancel) throw Abandoned(kStage);
  return action == StreamAction::kContinue;
}

// One new token in, the state that predicts the following one out.
at::Tensor step(Decoder& decoder, KvCache& cache, int64_t id, int64_t position) {
  const at::Device device = decoder.head.device();
  const at::Tensor ids = at::full({1}, id, at::TensorOptions().device(device).dtype(at::kLong));
  const at::Tensor positions = at::full({3, 1}, position, ids.options());
  // Limits are asked between tokens, so that an answer never loses one half-way.
  return decoder.model->forward(decoder.model->embed(ids), positions, &cache,
                                Control::unlimited())[0];
}

}  // namespace

at::Tensor logits_of(Decoder& decoder, const at::Tensor& hidden) {
  return at::linear(hidden, decoder.head);
}

Generation generate(Decoder& decoder, KvCache& cache, const at::Tensor& hidden, int64_t next,
                    const GenerateOptions& options, const Control& control) {
  if (options.max_new_tokens < 1) {
    fail(ErrorCode::kInvalidArgument, "max_new_tokens: expected >= 1, got ",
         options.max_new_tokens);
  }
  Sampler sampler(options.sampling);
  Generation out;
  at::Tensor state = hidden;
  while (true) {
    const at::Tensor logits = logits_of(decoder, state);
    if (static_cast<int64_t>(out.logits.size()) < options.keep_logits) {
      out.logits.push_back(logits.to(at::kFloat));
    }
    const Choice choice = sampler.choose(logits);
    out.ids.push_back(choice.id);
    out.probabilities.push_back(choice.probability);

    const auto& stops = options.stop_ids;
    if (std::find(stops.begin(), stops.end(), choice.id) != stops.end()) {
      out.finish = FinishReason::kStop;
      return out;
    }
    const auto said = static_cast<int64_t>(out.ids.size());
    if (!wanted(choice.id, options) || !control.report(kStage, said, options.max_new_tokens)) {
      out.finish = FinishReason::kCancelled;
      return out;
    }
    if (said == options.max_new_tokens) {
      out.finish = FinishReason::kLength;
      return out;
    }
    if (const auto reason = limit_reached(control)) {
      out.finish = *reason;
      return out;
    }
    state = step(decoder, cache, choice.id, next++);
  }
}

}  // namespace fo1
