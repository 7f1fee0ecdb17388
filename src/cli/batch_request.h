// The lines of a request file.
#pragma once

#include <cstdint>
#include <string>

#include "cli/line_json.h"
#include "fo1/question.h"

namespace fo1::cli {

struct Request {
  Question question;        // its task may be "chat" as well
  std::string image;        // path of the picture; empty for chat
  std::string boxes;        // JSON text of the offered regions; empty: none
  std::string boxes_where;  // names that text in errors
  std::string messages;     // chat: the line itself, which has "messages"
  std::string where;
  std::string root;                 // folder that the conversation's image urls start from
  std::int64_t max_new_tokens = 0;  // 0: as for the others
};

// The name the answer will carry: a text or a whole number. Throws kInvalidArgument.
Json read_id(const LineObject& line);

// Throws kInvalidArgument, and kNotFound for a file of boxes. Paths start from `root`.
Request read_request(const LineObject& line, const std::string& root);

}  // namespace fo1::cli
