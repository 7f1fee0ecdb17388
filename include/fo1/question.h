// What can be asked.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "fo1/types.h"

namespace fo1 {

// One task on a scene. Tasks: detect, ground, count, ocr, caption, describe, similar, reason, ask.
struct Question {
  std::string task;
  // detect: one or several labels; ground: one phrase; count: one name; reason, ask: the question;
  // caption: optionally "brief" (default) or "detailed"; ocr, describe, similar: none.
  std::vector<std::string> query;
  // ocr, caption, similar: the regions meant. ocr and caption: none means every region.
  std::vector<std::int64_t> regions;
};

// A raw conversation, for those who word their own questions.
struct TextPart {
  std::string text;
};
struct ImagePart {
  Image image;
};
struct Message {
  std::string role;  // "system", "user" or "assistant"
  // A plain string and a list with one TextPart are different prompts: after a plain string the
  // trained chat frame has no line break.
  std::variant<std::string, std::vector<std::variant<TextPart, ImagePart>>> content;
  std::vector<Region> regions;  // of the message's first image
};

}  // namespace fo1
