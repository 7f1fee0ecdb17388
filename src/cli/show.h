// Answers shown to people.
#pragma once

#include <ostream>

#include "cli/options.h"
#include "fo1/answer.h"

namespace fo1::cli {

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
