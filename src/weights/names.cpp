#include "weights/names.h"

#include <vector>

#include "base/error.h"

namespace fo1 {
namespace {

// `captures` receives the text of each star.
bool match(std::string_view pattern, std::string_view text,
           std::vector<std::string_view>& captures) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  if (!text.starts_with(pattern.substr(0, star))) return false;
  text.remove_prefix(star);
  pattern.remove_prefix(star + 1);
  for (std::size_t length = 0; length <= text.size(); ++length) {
    captures.push_back(text.substr(0, length));
    if (match(pattern, text.substr(length), captures)) return true;
    captures.pop_back();
  }
  return false;
}

std::string substitute(const std::string& replacement,
                       const std::vector<std::string_view>& captures) {
  std::string out;
  std::size_t used = 0;
  for (const char letter : replacement) {
    if (letter != '*') {
      out += letter;
    } else if (used < captures.size()) {
      out += captures[used++];
    } else {
      fail(ErrorCode::kInternal, "name rule ", quoted(replacement),
           " has more stars than its pattern");
    }
  }
  return out;
}

}  // namespace

bool name_matches(std::string_view pattern, std::string_view name) {
  std::vector<std::string_view> captures;
  return match(pattern, name, captures);
}

std::string rename(std::span<const NameRule> rules, const std::string& name) {
  for (const NameRule& rule : rules) {
    std::vector<std::string_view> captures;
    if (match(rule.pattern, name, captures)) return substitute(rule.replacement, captures);
  }
  return name;
}

}  // namespace fo1
