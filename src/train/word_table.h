// What a language model's table of tokens begins with.
#pragma once

#include <ATen/core/Tensor.h>

#include "text/tokenizer.h"

namespace fo1::train {

// table: [tokens, width], random directions. Rows become as long as images' and regions' tokens
// begin, long enough that a model that says its words with the same table can be sure of one; those
// of a word with and without a space before it, "cat" and " cat", begin alike.
void begin_words(at::Tensor& table, const Tokenizer& tokenizer);

}  // namespace fo1::train
