#include "cli/show.h"

#include <cstdio>
#include <iostream>
#include <string>

#include "cli/files.h"
#include "cli/text.h"

namespace fo1::cli {
namespace {

bool print_words(std::ostream& out, const Answer& answer) {
  if (answer.count) out << *answer.count << '\n';
  if (answer.reasoning) out << printable(*answer.reasoning) << "\n\n";
  if (answer.answer) out << printable(*answer.answer) << '\n';
  return answer.count || answer.reasoning || answer.answer;
}

bool print_texts(std::ostream& out, const std::vector<RegionText>& texts) {
  Table table({"region", "text"});
  for (const RegionText& text : texts) table.add({std::to_string(text.region), text.text});
  if (!table.empty()) table.print(out);
  return !table.empty();
}

bool print_detections(std::ostream& out, const std::vector<Detection>& detections) {
  Table table({"label", "region", "box", "score"});
  for (const Detection& found : detections) {
    table.add(
        {found.label, std::to_string(found.region), box_text(found.box), score_text(found.score)});
  }
  if (!table.empty()) table.print(out);
  return !table.empty();
}

// The words, then a table of what they point at. `with_words` false: the words have been shown.
void print_answer(std::ostream& out, const Answer& answer, bool with_words) {
  bool shown = with_words ? print_words(out, answer) : true;
  shown |= print_texts(out, answer.texts);
  shown |= print_detections(out, answer.detections);
  if (!shown) out << "nothing found\n";
}

// What a person should know beside the answer.
void print_notes(std::ostream& out, const Answer& answer) {
  for (const DroppedRegion& dropped : answer.dropped) {
    out << "fo1: note: region " << dropped.region << " was dropped: " << one_line(dropped.reason)
        << '\n';
  }
  if (answer.finish != FinishReason::kStop) {
    out << "fo1: note: the answer ended early: " << finish_reason_name(answer.finish) << '\n';
  }
}

}  // namespace

AnswerWriter::AnswerWriter(ResultPlaces places) : places_(std::move(places)) {
  require_place(places_.json);
}

std::ostream& AnswerWriter::words() const {
  return places_.json == "-" ? std::cerr : std::cout;
}

TokenCallback AnswerWriter::on_token() {
  if (!places_.stream) return {};
  return [this](const std::string& text) {
    words() << printable(text) << std::flush;
    streamed_ = true;
    return StreamAction::kContinue;
  };
}

void AnswerWriter::write(const Answer& answer) {
  if (streamed_) words() << "\n";
  const std::string json = places_.json.empty() ? "" : answer.to_json(2) + "\n";
  if (places_.json == "-") {
    std::cout << json;
    return;
  }
  if (!places_.json.empty()) write_text(places_.json, json);
  print_answer(std::cout, answer, !streamed_);
  std::cout.flush();
  print_notes(std::cerr, answer);
}

}  // namespace fo1::cli
