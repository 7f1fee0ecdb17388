// Conversations to prompts.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/placeholders.h"
#include "text/tokenizer.h"

namespace fo1 {

struct ChatPart {
  enum class Kind { kText, kImage };
  Kind kind = Kind::kText;
  std::string text;
};

struct ChatMessage {
  std::string role;    // "system", "user" or "assistant"
  bool plain = false;  // the content was one string, not a list of parts
  std::vector<ChatPart> parts;
  std::int64_t regions = 0;  // of the first image
};

// How a family of checkpoints writes a conversation. The defaults are VLM-FO1's.
struct ChatFrame {
  std::string default_system = "You are a helpful assistant.";
  std::string turn_start = "<|im_start|>";
  std::string turn_end = "<|im_end|>";
  std::string image_start = "<|vision_start|>";
  std::string image_end = "<|vision_end|>";
  std::string region_name = "<region{}>";  // {}: the region's number
  std::int64_t region_limit = 100;
  // How the prompt's text shows a placeholder.
  std::string image_tag = "<image>";
  std::string region_tag = "<regionfeat>";
  // Where the reference goes another way, its prompt does not fit its own images and regions.
  bool number_regions_on = true;  // through the conversation; false: from 0 in every message
  bool tags_in_words = false;     // image_tag and region_tag in a message's words are placeholders

  void validate() const;  // throws kInvalidArgument
};

struct Prompt {
  std::string text;
  std::vector<std::int64_t> ids;
  std::vector<std::pair<int, int>> images;  // (message, part) of each image placeholder
  std::vector<std::int64_t> regions;        // of each message: how many of its regions are in
};

// The prompt that asks for the next assistant message. Beyond the reference it takes
// - assistant messages; when the last message is one, the answer goes on where that ends;
// - images and regions in every turn, regions being numbered on so that each name is unique, up to
//   `region_limit` in all (the rest is left out);
// - messages without image, images without regions.
// Its habits are kept: a system turn is put first unless the word "system" occurs anywhere; a
// system or user message that is a plain string has a line break after its end in the text, but not
// in the ids; added tokens in a message's words are taken as such. Throws kInvalidArgument (no
// message, an unknown role, regions without an image) and kUnsupported (the tokenizer lacks a token
// of the frame).
Prompt build_prompt(const Tokenizer& tokenizer, const ChatFrame& frame,
                    std::span<const ChatMessage> messages);

}  // namespace fo1
