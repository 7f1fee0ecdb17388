// Byte-level BPE, as the tokenizers of Qwen2 and CLIP do it.
#pragma once

#include <memory>
#include <string>

#include "text/pretokenizer.h"
#include "text/tokenizer.h"

namespace fo1 {

// What kinds of byte-level BPE differ in; the defaults are Qwen2's.
struct BpeRules {
  std::string word = qwen2_word();  // the pattern of a word
  std::string word_end = "";        // spelled after the last symbol of each word ("</w>")
  bool lowercase = false;           // text is lowered first
  std::string unknown = "";         // stands for a byte without a piece; empty: that is an error
};

struct BpeFiles {
  std::string vocab;   // vocab.json: piece -> id
  std::string merges;  // merges.txt: two pieces a line, the most important first
  std::string folder;  // where the files about added tokens lie
};

// All throw kNotFound, kCorruptFile.
std::unique_ptr<Vocabulary> load_bpe_vocabulary(const std::string& vocab, const std::string& merges,
                                                const BpeRules& rules = {});
std::unique_ptr<Tokenizer> load_bpe(const BpeFiles& files);
std::unique_ptr<Tokenizer> load_bpe_folder(const std::string& folder);

}  // namespace fo1
