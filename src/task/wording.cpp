#include "task/wording.h"

#include "task/unicode.h"

namespace fo1 {

std::string fill_in(const std::string& wording, const std::string& subject) {
  const std::size_t gap = wording.find("{}");
  if (gap == std::string::npos) return wording;
  return wording.substr(0, gap) + subject + wording.substr(gap + 2);
}

std::string join_labels(const std::vector<std::string>& labels, const TaskWording& wording) {
  std::string joined;
  for (const std::string& label : labels) {
    if (!joined.empty()) joined += wording.label_separator;
    joined += strip(label);
  }
  return joined;
}

std::string join_regions(const std::vector<std::int64_t>& regions, const TaskWording& wording,
                         const AnswerGrammar& grammar) {
  std::string joined;
  for (std::size_t i = 0; i < regions.size(); ++i) {
    const bool last = i + 1 == regions.size();
    if (i > 0) joined += last ? wording.last_region_separator : wording.region_separator;
    joined += grammar.region_name(regions[i]);
  }
  return joined;
}

}  // namespace fo1
