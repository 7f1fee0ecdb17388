#include "task/grammar.h"

namespace fo1 {

std::string AnswerGrammar::region_name(std::int64_t index) const {
  return region_open + std::to_string(index) + region_close;
}

std::string_view AnswerGrammar::region_word() const {
  const std::size_t start = region_open.find_first_not_of("<[({|");
  return start == std::string::npos ? std::string_view()
                                    : std::string_view(region_open).substr(start);
}

}  // namespace fo1
