// Finding region names and numbers in what the model wrote.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "task/grammar.h"

namespace fo1 {

// Bytes [begin, end) of a text.
struct TextRange {
  std::size_t begin = 0, end = 0;
  std::string_view of(std::string_view text) const { return text.substr(begin, end - begin); }
};

struct RegionName {
  std::int64_t index = 0;  // an index beyond 64 bits counts as the largest of them
  TextRange range;         // where it is written
};

// The names in `range` of `text`, in reading order.
std::vector<RegionName> find_region_names(std::string_view text, TextRange range,
                                          const AnswerGrammar& grammar);

// The first number that is not part of a region's name ("<region5>", or "region5" as models
// sometimes write). None when there is no number, or when it does not fit.
std::optional<std::int64_t> first_number(std::string_view text, const AnswerGrammar& grammar);

}  // namespace fo1
