#include "task/region_names.h"

#include <limits>

#include "task/unicode.h"

namespace fo1 {
namespace {

// The index that follows `prefix` when `prefix` stands at `at`.
std::optional<Number> number_after(std::string_view text, std::size_t at, std::string_view prefix) {
  if (prefix.empty() || !text.substr(at).starts_with(prefix)) return std::nullopt;
  return number_at(text, at + prefix.size());
}

}  // namespace

std::vector<RegionName> find_region_names(std::string_view text, TextRange range,
                                          const AnswerGrammar& grammar) {
  const std::string_view searched = text.substr(0, range.end);
  std::vector<RegionName> names;
  std::size_t at = range.begin;
  while ((at = searched.find(grammar.region_open, at)) != std::string_view::npos) {
    const std::size_t begin = at;
    at += grammar.region_open.size();
    const std::optional<Number> index = number_at(searched, at);
    if (!index || !searched.substr(index->end).starts_with(grammar.region_close)) continue;
    at = index->end + grammar.region_close.size();
    names.push_back({index->value.value_or(std::numeric_limits<std::int64_t>::max()), {begin, at}});
  }
  return names;
}

std::optional<std::int64_t> first_number(std::string_view text, const AnswerGrammar& grammar) {
  for (std::size_t at = 0; at < text.size();) {
    if (const auto name = number_after(text, at, grammar.region_word())) {
      at = name->end;
    } else if (const auto number = number_at(text, at)) {
      return number->value;
    } else {
      at += character_at(text, at).size;
    }
  }
  return std::nullopt;
}

}  // namespace fo1
