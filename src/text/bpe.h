// Byte-level BPE, as Qwen2's tokenizer does it.
#pragma once

#include <memory>
#include <string>

#include "text/tokenizer.h"

namespace fo1 {

struct BpeFiles {
  std::string vocab;   // vocab.json: piece -> id
  std::string merges;  // merges.txt: two pieces a line, the most important first
  std::string folder;  // where the files about added tokens lie
};

// Throws kNotFound, kCorruptFile.
std::unique_ptr<Tokenizer> load_bpe(const BpeFiles& files);
std::unique_ptr<Tokenizer> load_bpe_folder(const std::string& folder);

}  // namespace fo1
