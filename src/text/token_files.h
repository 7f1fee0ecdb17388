// The small JSON files beside a vocabulary: which tokens were added to it and which are special.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fo1 {

// A token that is found in text before anything else looks at it.
struct AddedToken {
  std::string content;
  std::optional<std::int64_t> id;  // none: the vocabulary's, or the next free one
  bool lstrip = false;             // swallows whitespace on its left
  bool rstrip = false;             // ... on its right
  bool single_word = false;        // counts only between spaces
};

struct TokenFiles {
  std::vector<AddedToken> added;
  std::vector<std::string> special;  // contents; all of them are in `added`
};

// Reads tokenizer_config.json of `folder`, and where that has no `added_tokens_decoder` the older
// added_tokens.json and special_tokens_map.json. All three may be absent. A token is special when a
// role (`eos_token`, `additional_special_tokens`, ...) names it, whatever its own flag says.
// Throws kCorruptFile.
TokenFiles read_token_files(const std::string& folder);

}  // namespace fo1
