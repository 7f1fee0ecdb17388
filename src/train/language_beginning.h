// What a new language model begins with.
#pragma once

#include "language/generate.h"
#include "text/tokenizer.h"

namespace fo1::train {

// After random_weights(): the table as word_table.h has it, heads that find and copy, and nothing
// else that a layer adds, so that what is copied is not drowned.
void begin_language_model(const Decoder& decoder, const Tokenizer& tokenizer);

}  // namespace fo1::train
