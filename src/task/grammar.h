// How a model family writes its answers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fo1 {

// `<ground>label</ground><objects><region1><region5></objects>`, mixed with prose. No piece is
// empty or holds a line break; a grounding stands on one line.
struct AnswerGrammar {
  std::string ground_open = "<ground>";
  std::string ground_close = "</ground>";
  std::string objects_open = "<objects>";
  std::string objects_close = "</objects>";
  std::string region_open = "<region";  // a region's name: region_open, its index, region_close
  std::string region_close = ">";
  std::string think_open = "<think>";
  std::string think_close = "</think>";
  std::string answer_open = "<answer>";
  std::string answer_close = "</answer>";

  std::string region_name(std::int64_t index) const;
  // The word in a region's name ("region"): models now and then write it without the brackets.
  std::string_view region_word() const;
};

}  // namespace fo1
