// Answers shown to people.
#pragma once

#include <ostream>

#include "cli/options.h"
#include "fo1/answer.h"

namespace fo1::cli {

// The words, then a table of what they point at. `with_words` false: the words have been shown.
void print_answer(std::ostream& out, const Answer& answer, bool with_words);

// What a person should know beside the answer: regions that were dropped, an early end.
void print_notes(std::ostream& out, const Answer& answer);

// Shows the words while they are generated, if wanted, then puts the result where it belongs.
class AnswerWriter {
 public:
  explicit AnswerWriter(ResultPlaces places);  // throws kNotFound when a place does not exist
  AnswerWriter(const AnswerWriter&) = delete;
  AnswerWriter& operator=(const AnswerWriter&) = delete;

  TokenCallback on_token();  // empty without --stream; valid as long as this object
  void write(const Answer& answer);

 private:
  std::ostream& words() const;

  ResultPlaces places_;
  bool streamed_ = false;
};

}  // namespace fo1::cli
