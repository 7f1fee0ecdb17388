// SentencePiece models trained on the spot.
#pragma once

#include <map>
#include <string>

namespace fo1::test {

// A folder with a tokenizer.model, trained on the sample texts. `options` are the trainer's.
std::string train_sentencepiece(std::map<std::string, std::string> options);

// Options of models in use: byte fallback, spaces kept, two symbols of the user's.
const std::map<std::string, std::string>& usual_options();

}  // namespace fo1::test
