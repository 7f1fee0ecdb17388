#include "pipeline/passes.h"

#include <algorithm>

#include "ops/nms.h"

namespace fo1 {
namespace {

constexpr double kSameObject = 0.8;  // overlap, as between a network's own proposals

void shift(Answer& answer, std::int64_t first) {
  for (Detection& detection : answer.detections) detection.region += first;
  for (std::int64_t& region : answer.regions) region += first;
  for (RegionText& text : answer.texts) text.region += first;
  for (Span& span : answer.spans) {
    for (std::int64_t& region : span.regions) region += first;
  }
  for (DroppedRegion& dropped : answer.dropped) dropped.region += first;
}

template <class T>
void append(std::vector<T>& all, std::vector<T>&& more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

void append_line(std::string& text, const std::string& more) {
  if (!text.empty()) text += '\n';
  text += more;
}

bool same_object(const Detection& a, const Detection& b) {
  return a.label == b.label && intersection_over_union(a.box, b.box) > kSameObject;
}

// Returns how many objects both lists had.
std::int64_t add_detections(std::vector<Detection>&& more, std::vector<Detection>& all) {
  const auto known = static_cast<std::ptrdiff_t>(all.size());
  std::int64_t twice = 0;
  for (Detection& detection : more) {
    const auto end = all.begin() + known;
    const auto same = std::find_if(
        all.begin(), end, [&](const Detection& other) { return same_object(other, detection); });
    if (same == end) {
      all.push_back(std::move(detection));
      continue;
    }
    ++twice;
    if (detection.score > same->score) *same = std::move(detection);
  }
  return twice;
}

void add_tokens(const TokenCounts& more, TokenCounts& all) {
  all.image = std::max(all.image, more.image);
  all.region += more.region;
  all.text += more.text;
  all.generated += more.generated;
}

}  // namespace

std::optional<Question> question_for(const Question& question, std::int64_t first,
                                     std::int64_t count) {
  Question part = question;
  part.regions.clear();
  for (const std::int64_t region : question.regions) {
    if (region >= first && region < first + count) part.regions.push_back(region - first);
  }
  if (part.regions.empty() && !question.regions.empty()) return std::nullopt;
  return part;
}

void add_pass(Answer part, std::int64_t first, Answer& whole) {
  shift(part, first);
  const std::int64_t twice = add_detections(std::move(part.detections), whole.detections);
  if (part.count)
    whole.count = std::max<std::int64_t>(whole.count.value_or(0) + *part.count - twice, 0);
  append(whole.regions, std::move(part.regions));
  append(whole.texts, std::move(part.texts));
  append(whole.spans, std::move(part.spans));
  append(whole.dropped, std::move(part.dropped));
  if (part.reasoning)
    append_line(whole.reasoning.emplace(whole.reasoning.value_or("")), *part.reasoning);
  if (part.answer) append_line(whole.answer.emplace(whole.answer.value_or("")), *part.answer);
  append_line(whole.prompt, part.prompt);
  append_line(whole.text, part.text);
  whole.finish = std::max(whole.finish, part.finish);
  add_tokens(part.tokens, whole.tokens);
}

}  // namespace fo1
