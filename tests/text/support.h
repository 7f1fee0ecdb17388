// Tokenizers and random choices for the tests of this folder.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/json.h"
#include "support/random.h"
#include "text/tokenizer.h"

namespace fo1::test {

using Ids = std::vector<std::int64_t>;

// The tokenizer that a golden file names: "tokenizer/full-regions".
std::unique_ptr<Tokenizer> golden_tokenizer(const std::string& name);
// Folder of the smallest checkpoint that the goldens come with.
std::string small_model_folder();

// A folder with a hand-made byte-level BPE: `letters` (as spelled in vocab.json) get the ids from 0
// on, then come what `merges` ("a b") make. Config files are written where they are not null.
struct TinyBpe {
  std::string letters;
  std::vector<std::string> merges;
  Json config, added, special;
};
std::string write_tiny_bpe(const TinyBpe& tiny);

// A folder with the files of a small tokenizer of CLIP's kind.
std::string copy_of_clip_tokenizer();

Ids random_ids(Random& random, std::size_t count, std::int64_t limit);

// Texts of many scripts, with and without added tokens.
const std::vector<std::string>& sample_texts();

}  // namespace fo1::test
