// Chooses the next token.
#pragma once

#include <ATen/core/Tensor.h>

#include <random>

#include "fo1/options.h"

namespace fo1 {

struct Choice {
  int64_t id = 0;
  double probability = 0;  // under the plain softmax of the logits, whatever the sampling
};

class Sampler {
 public:
  // Throws kInvalidArgument when a setting is out of range.
  explicit Sampler(const Sampling& sampling);

  // logits [V], any float dtype and device. Moves the choice to the host. Throws kCorruptFile when
  // they are not finite.
  Choice choose(const at::Tensor& logits);

 private:
  Choice drawn(const at::Tensor& logits);

  Sampling sampling_;
  std::mt19937_64 random_;
};

}  // namespace fo1
