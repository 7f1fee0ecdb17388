// SentencePiece models, by libsentencepiece.
#pragma once

#include <memory>
#include <string>

#include "text/tokenizer.h"

namespace fo1 {

// `model`: a tokenizer.model; `folder`: where the files about added tokens lie. Each stretch of
// text between added tokens is encoded and decoded on its own, so it may begin with the model's
// extra space. Throws kNotFound, kCorruptFile.
std::unique_ptr<Tokenizer> load_sentencepiece(const std::string& model, const std::string& folder);
std::unique_ptr<Tokenizer> load_sentencepiece_folder(const std::string& folder);

}  // namespace fo1
