// Safety check of the one table in a SentencePiece model that the library reads without looking.
#pragma once

#include <string>

namespace fo1 {

// A model holds its normalisation rules as a ready-made double-array trie with a pool of strings;
// damaged ones lead libsentencepiece out of bounds. Throws kCorruptFile, naming `path`. What is not
// even a model is left to the library to refuse.
void check_charsmaps(const std::string& model, const std::string& path);

}  // namespace fo1
