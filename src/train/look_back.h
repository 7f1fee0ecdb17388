// Heads that look at the tokens before their own.
#pragma once

#include "language/qwen.h"

namespace fo1::train {

// What copying from a text begins with are heads that look one token back (Olsson et al.,
// "In-context Learning and Induction Heads", 2022), which a language model is slow to find by
// itself. The first two query heads of the attention's first key head, or the only one, begin so,
// by their biases: one looks one token back, one two, whatever the tokens are.
void look_back(QwenAttentionImpl& attention, double rope_theta);

}  // namespace fo1::train
