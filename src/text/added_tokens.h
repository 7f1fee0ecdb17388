// Added tokens: finding them in text, and their names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "text/token_files.h"
#include "text/vocabulary.h"

namespace fo1 {

class AddedTokens {
 public:
  // Tokens without an id take the one `vocabulary` has for them, else the next free one.
  AddedTokens(const TokenFiles& files, const Vocabulary& vocabulary);

  // A piece of text, or an added token.
  struct Segment {
    std::string text;
    std::optional<std::int64_t> id;
  };
  // At each position the longest token counts, from left to right.
  std::vector<Segment> split(const std::string& text) const;

  const std::string* content(std::int64_t id) const;  // null: not an added token
  std::optional<std::int64_t> find(const std::string& content) const;
  bool is_special(std::int64_t id) const { return special_.count(id) > 0; }
  std::int64_t size() const { return size_; }  // largest id + 1, the vocabulary's included

 private:
  // Child nodes by byte; a node that ends a token has its index.
  struct Node {
    std::unordered_map<char, std::size_t> children;
    std::optional<std::size_t> token;
  };

  void insert(AddedToken token);
  const AddedToken* longest_at(const std::string& text, std::size_t start) const;
  std::vector<std::string> cut(const std::string& text) const;
  void apply_flags(std::vector<std::string>& pieces) const;

  std::vector<AddedToken> tokens_;
  std::unordered_map<std::string, std::size_t> by_content_;
  std::unordered_map<std::int64_t, std::size_t> by_id_;
  std::unordered_set<std::int64_t> special_;
  std::vector<Node> trie_{1};
  std::int64_t size_;
};

}  // namespace fo1
