// What a language model's table of tokens begins with.
#pragma once

#include <ATen/core/Tensor.h>

#include "text/tokenizer.h"

namespace fo1::train {

// table: [tokens, width], random directions. Rows begin with squares that are 1 in the mean, as the
// layers' norms make them. A word without a space before it, "cat", begins as " cat" and one
// direction that all such words share. Half of the energy of the regions' names is a code of their
// numbers, so that a model can tell which comes next: sines and cosines, as of positions (Vaswani
// et al., "Attention Is All You Need", section 3.5).
void begin_words(at::Tensor& table, const Tokenizer& tokenizer);

}  // namespace fo1::train
