#include "language/sampler.h"

#include <ATen/ATen.h>

#include <cmath>

#include "base/error.h"

namespace fo1 {
namespace {

Choice most_likely(const at::Tensor& logits) {
  const at::Tensor wide = logits.to(at::kFloat);
  const at::Tensor id = wide.argmax();
  const at::Tensor log_probability =
      wide.index_select(0, id.view(1)).squeeze(0) - wide.logsumexp(0);
  // One transfer: float64 holds every token id exactly.
  const at::Tensor both = at::stack({id.to(at::kDouble), log_probability.to(at::kDouble)}).cpu();
  return {static_cast<int64_t>(both[0].item<double>()), std::exp(both[1].item<double>())};
}

}  // namespace

Sampler::Sampler(const Sampling& sampling) : sampling_(sampling), random_(sampling.seed) {
  if (!(sampling.temperature >= 0) || std::isinf(sampling.temperature)) {
    fail(ErrorCode::kInvalidArgument, "temperature: expected a number >= 0, got ",
         sampling.temperature);
  }
  if (!(sampling.top_p > 0 && sampling.top_p <= 1)) {
    fail(ErrorCode::kInvalidArgument, "top_p: expected 0 < top_p <= 1, got ", sampling.top_p);
  }
  if (sampling.top_k < 0) {
    fail(ErrorCode::kInvalidArgument, "top_k: expected >= 0, got ", sampling.top_k);
  }
}

Choice Sampler::choose(const at::Tensor& logits) {
  const Choice choice = sampling_.temperature == 0 ? most_likely(logits) : drawn(logits);
  if (std::isfinite(choice.probability)) return choice;
  fail(ErrorCode::kCorruptFile,
       "the language model gave numbers that are not finite: broken weights, or too large for the "
       "number format");
}

Choice Sampler::drawn(const at::Tensor& logits) {
  const at::Tensor wide = logits.cpu().to(at::kDouble);
  const at::Tensor plain = at::softmax(wide, 0);
  auto [sorted, ids] =
      at::softmax(wide / sampling_.temperature, 0).sort(/*dim=*/0, /*descending=*/true);
  const double* weights = sorted.const_data_ptr<double>();

  // Keep the shortest run of likely tokens that reaches top_p, at most top_k of them.
  const int64_t limit =
      sampling_.top_k > 0 ? std::min(sampling_.top_k, sorted.size(0)) : sorted.size(0);
  double kept = 0;
  int64_t count = 0;
  while (count < limit && kept < sampling_.top_p) kept += weights[count++];

  double left = std::uniform_real_distribution<double>(0, kept)(random_);
  int64_t rank = 0;
  while (rank + 1 < count && left >= weights[rank]) left -= weights[rank++];
  const int64_t id = ids[rank].item<int64_t>();
  return {id, plain[id].item<double>()};
}

}  // namespace fo1
