#include "task/answer_parser.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "task/region_names.h"
#include "task/unicode.h"

namespace fo1 {
namespace {

// One grounding as written.
struct GroundingMatch {
  TextRange whole, label, objects;
};

// The groundings of one line from `line.begin` on: what the pattern
// <ground>(.*?)</ground><objects>(.*?)</objects> finds. If a piece is missing from the first
// <ground> on, it is missing for every later one as well, so a line is never searched twice.
std::optional<GroundingMatch> next_grounding(std::string_view text, TextRange line,
                                             const AnswerGrammar& grammar) {
  const std::string_view searched = text.substr(0, line.end);
  const std::string middle = grammar.ground_close + grammar.objects_open;
  GroundingMatch match;
  match.whole.begin = searched.find(grammar.ground_open, line.begin);
  if (match.whole.begin == std::string_view::npos) return std::nullopt;
  match.label.begin = match.whole.begin + grammar.ground_open.size();
  match.label.end = searched.find(middle, match.label.begin);
  if (match.label.end == std::string_view::npos) return std::nullopt;
  match.objects.begin = match.label.end + middle.size();
  match.objects.end = searched.find(grammar.objects_close, match.objects.begin);
  if (match.objects.end == std::string_view::npos) return std::nullopt;
  match.whole.end = match.objects.end + grammar.objects_close.size();
  return match;
}

std::vector<GroundingMatch> find_groundings(std::string_view text, const AnswerGrammar& grammar) {
  std::vector<GroundingMatch> matches;
  for (TextRange line; line.begin < text.size(); line.begin = line.end + 1) {
    line.end = std::min(text.find('\n', line.begin), text.size());
    while (const auto match = next_grounding(text, line, grammar)) {
      matches.push_back(*match);
      line.begin = match->whole.end;
    }
  }
  return matches;
}

// `text` without the tags of groundings, wherever they stand.
std::string without_tags(std::string_view text, const AnswerGrammar& grammar) {
  const std::string_view tags[] = {grammar.ground_open, grammar.ground_close, grammar.objects_open,
                                   grammar.objects_close};
  std::string kept;
  for (std::size_t at = 0; at < text.size();) {
    const auto tag = std::find_if(std::begin(tags), std::end(tags), [&](std::string_view each) {
      return text.substr(at).starts_with(each);
    });
    if (tag == std::end(tags)) {
      kept += text[at++];
    } else {
      at += tag->size();
    }
  }
  return kept;
}

std::string label_words(std::string_view text, const GroundingMatch& match,
                        const AnswerGrammar& grammar) {
  return without_tags(strip(match.label.of(text)), grammar);
}

class Reader {
 public:
  Reader(const GeneratedText& said, std::size_t offered, const AnswerGrammar& grammar)
      : said_(said), offered_(offered), grammar_(grammar) {}

  ParsedAnswer read() {
    std::size_t at = 0;
    for (const GroundingMatch& match : find_groundings(said_.text, grammar_)) {
      read_prose({at, match.whole.begin});
      read_grounding(match);
      at = match.whole.end;
    }
    read_prose({at, said_.text.size()});
    parsed_.plain = plain_text(said_.text, grammar_);
    return std::move(parsed_);
  }

 private:
  void read_prose(TextRange range) {
    for (const RegionName& name : find_region_names(said_.text, range, grammar_)) {
      if (note(name)) {
        parsed_.spans.push_back({std::string(name.range.of(said_.text)), {name.index}});
      }
    }
  }

  void read_grounding(const GroundingMatch& match) {
    for (const RegionName& name : find_region_names(said_.text, match.label, grammar_)) note(name);
    Label& label = label_of(std::string(strip(match.label.of(said_.text))));
    Span span{label_words(said_.text, match, grammar_), {}};
    std::unordered_set<std::int64_t> in_span;
    for (const RegionName& name : find_region_names(said_.text, match.objects, grammar_)) {
      if (!note(name)) continue;
      if (in_span.insert(name.index).second) span.regions.push_back(name.index);
      if (label.seen.insert(name.index).second) {
        parsed_.groundings[label.place].regions.push_back(
            {name.index, confidence(name.range), name.range.begin});
      }
    }
    if (!span.regions.empty()) parsed_.spans.push_back(std::move(span));
  }

  // Records that a region was named; false when it was never offered.
  bool note(const RegionName& name) {
    const bool offered = static_cast<std::uint64_t>(name.index) < offered_;
    if (named_.insert(name.index).second) {
      if (offered) {
        parsed_.regions.push_back(name.index);
      } else {
        parsed_.dropped.push_back({name.index, "not offered"});
      }
    }
    return offered;
  }

  // Pieces may reach over the ends of the name: tokens need not respect the tags.
  double confidence(TextRange name) const {
    auto piece =
        std::partition_point(said_.pieces.begin(), said_.pieces.end(),
                             [&](const auto& candidate) { return candidate.end <= name.begin; });
    double product = 1;
    for (; piece != said_.pieces.end() && piece->begin < name.end; ++piece) {
      product *= piece->probability;
    }
    return product;
  }

  struct Label {
    std::size_t place = 0;                  // in ParsedAnswer::groundings
    std::unordered_set<std::int64_t> seen;  // its regions
  };

  Label& label_of(const std::string& text) {
    const auto [label, is_new] = labels_.try_emplace(text);
    if (is_new) {
      label->second.place = parsed_.groundings.size();
      parsed_.groundings.push_back({text, {}});
    }
    return label->second;
  }

  const GeneratedText& said_;
  const std::size_t offered_;
  const AnswerGrammar& grammar_;
  ParsedAnswer parsed_;
  std::unordered_map<std::string, Label> labels_;
  std::unordered_set<std::int64_t> named_;
};

}  // namespace

ParsedAnswer parse_answer(const GeneratedText& said, std::size_t offered,
                          const AnswerGrammar& grammar) {
  return Reader(said, offered, grammar).read();
}

std::string plain_text(std::string_view text, const AnswerGrammar& grammar) {
  std::string plain;
  std::size_t at = 0;
  for (const GroundingMatch& match : find_groundings(text, grammar)) {
    plain += without_tags(text.substr(at, match.whole.begin - at), grammar);
    plain += label_words(text, match, grammar);
    at = match.whole.end;
  }
  return plain + without_tags(text.substr(at), grammar);
}

}  // namespace fo1
