// The file that a batch writes its answers to, line by line.
#pragma once

#include <cstdint>
#include <fstream>
#include <istream>
#include <optional>
#include <ostream>
#include <string>
#include <unordered_set>

#include "cli/line_json.h"
#include "fo1/answer.h"
#include "fo1/error.h"

namespace fo1::cli {

using IdSet = std::unordered_set<std::string>;  // of JSON texts: "a" and 1 are written `"a"`, `1`

// Copies the lines with good answers from `in` to `out` and returns their ids. Failures are left
// out, since they are to be tried again, and so is a last line that was cut off while it was
// written. Throws kCorruptFile at any other line that is not an answer.
IdSet keep_answers(std::istream& in, std::ostream& out, const std::string& where);

class AnswerLog {
 public:
  // With `resume`, what is answered in the file is kept. Without, throws kInvalidArgument where a
  // file with something in it exists: nobody's answers are overwritten.
  AnswerLog(const std::string& path, bool resume);

  bool has_answer(const Json& id) const;

  // Each line is with the system when the call returns. Both throw kInternal where it cannot be
  // written. `request_line`: the line of the request, where requests are lines of a file.
  void add_answer(const Json& id, const Answer& answer);
  void add_failure(const Json& id, std::optional<std::int64_t> request_line, const Error& error);

 private:
  void write(const std::string& line);

  std::string path_;
  IdSet answered_;
  std::ofstream file_;
};

}  // namespace fo1::cli
