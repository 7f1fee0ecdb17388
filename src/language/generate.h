// The decoding loop.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <vector>

#include "base/control.h"
#include "fo1/answer.h"
#include "language/qwen.h"
#include "language/sampler.h"

namespace fo1 {

// The language model with its output head.
struct Decoder {
  Qwen model{nullptr};
  at::Tensor head;  // [V, C]; the embedding itself when tied
};
at::Tensor logits_of(Decoder& decoder, const at::Tensor& hidden);  // [T, C] -> [T, V]

struct GenerateOptions {
  int64_t max_new_tokens = 1024;
  std::vector<int64_t> stop_ids = {};
  Sampling sampling = {};
  int64_t keep_logits = 0;                                // of the first so many steps
  std::function<StreamAction(int64_t id)> on_token = {};  // not called for a stop id; may be empty
};

struct Generation {
  std::vector<int64_t> ids;  // the stop id, if reached, included
  std::vector<double> probabilities;
  FinishReason finish = FinishReason::kStop;
  std::vector<at::Tensor> logits;  // float32 [V] each
};

// `hidden` [C]: state of the prompt's last token. `next`: position of the first new token. A limit
// of `control` that strikes between tokens ends the answer and keeps what is there.
Generation generate(Decoder& decoder, KvCache& cache, const at::Tensor& hidden, int64_t next,
                    const GenerateOptions& options, const Control& control);

}  // namespace fo1
