#include "text/added_tokens.h"

#include <algorithm>

#include "text/utf8.h"

namespace fo1 {

AddedTokens::AddedTokens(const TokenFiles& files, const Vocabulary& vocabulary)
    : size_(vocabulary.size()) {
  for (const AddedToken& token : files.added) {
    if (token.id) size_ = std::max(size_, *token.id + 1);
  }
  for (AddedToken token : files.added) {
    if (!token.id) token.id = vocabulary.find(token.content);
    if (!token.id) token.id = size_++;
    insert(std::move(token));
  }
  for (const std::string& content : files.special) special_.insert(*find(content));
}

void AddedTokens::insert(AddedToken token) {
  const std::size_t index = tokens_.size();
  std::size_t node = 0;
  for (const char byte : token.content) {
    const auto [child, fresh] = trie_[node].children.try_emplace(byte, trie_.size());
    node = child->second;
    if (fresh) trie_.emplace_back();
  }
  trie_[node].token = index;
  by_content_.emplace(token.content, index);
  by_id_.emplace(*token.id, index);
  tokens_.push_back(std::move(token));
}

const AddedToken* AddedTokens::longest_at(const std::string& text, std::size_t start) const {
  const AddedToken* longest = nullptr;
  std::size_t node = 0;
  for (std::size_t at = start; at < text.size(); ++at) {
    const auto child = trie_[node].children.find(text[at]);
    if (child == trie_[node].children.end()) break;
    node = child->second;
    if (trie_[node].token) longest = &tokens_[*trie_[node].token];
  }
  return longest;
}

std::vector<std::string> AddedTokens::cut(const std::string& text) const {
  std::vector<std::string> pieces;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const AddedToken* token = longest_at(text, at);
    if (!token) {
      ++at;
      continue;
    }
    if (at > begin) pieces.push_back(text.substr(begin, at - begin));
    pieces.push_back(token->content);
    at += token->content.size();
    begin = at;
  }
  if (begin < text.size()) pieces.push_back(text.substr(begin));
  return pieces;
}

// Neighbours are edited one token after another, as Python's tokenizers do it: a token without the
// spaces it needs becomes part of the text beside it, and a neighbour may itself be a token.
void AddedTokens::apply_flags(std::vector<std::string>& pieces) const {
  std::string none;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const auto found = by_content_.find(pieces[i]);
    if (found == by_content_.end()) continue;
    const AddedToken& token = tokens_[found->second];
    std::string& left = i > 0 ? pieces[i - 1] : none;
    std::string& right = i + 1 < pieces.size() ? pieces[i + 1] : none;
    const bool glued_left = token.single_word && !left.empty() && left.back() != ' ';
    const bool glued_right = token.single_word && !right.empty() && right.front() != ' ';
    if (token.lstrip) left = strip_right(left);
    if (token.rstrip) right = strip_left(right);
    if (glued_left) left += token.content;
    if (glued_right && !glued_left) right.insert(0, token.content);
    if (glued_left || glued_right) pieces[i].clear();
  }
}

std::vector<AddedTokens::Segment> AddedTokens::split(const std::string& text) const {
  std::vector<std::string> pieces = cut(text);
  apply_flags(pieces);
  std::vector<Segment> segments;
  for (std::string& piece : pieces) {
    if (piece.empty()) continue;
    const auto id = find(piece);
    segments.push_back({std::move(piece), id});
  }
  return segments;
}

const std::string* AddedTokens::content(std::int64_t id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &tokens_[found->second].content;
}

std::optional<std::int64_t> AddedTokens::find(const std::string& content) const {
  const auto found = by_content_.find(content);
  if (found == by_content_.end()) return std::nullopt;
  return tokens_[found->second].id;
}

}  // namespace fo1
