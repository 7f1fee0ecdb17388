// A conversation's images and regions, encoded.
#pragma once

#include <deque>
#include <vector>

#include "fo1/question.h"
#include "pipeline/reply.h"
#include "text/chat.h"
#include "vlm/fo1_model.h"

namespace fo1 {

// Everything a prompt needs beside its words.
struct EncodedConversation {
  std::vector<ChatMessage> messages;
  std::deque<EncodedImage> images;     // in prompt order
  at::Tensor region_tokens;            // [R, D], undefined when there are none
  std::vector<Region> regions;         // offered, of all messages in order
  std::vector<DroppedRegion> dropped;  // those over the limit

  PromptInputs inputs() const;
};

// The shape of the messages: roles, parts, numbers of regions.
std::vector<ChatMessage> chat_messages(const std::vector<Message>& messages);

// Encodes all images and the regions that the prompt has room for.
EncodedConversation encode_conversation(Fo1Model& model, const std::vector<Message>& messages,
                                        const Run& run);

// "over the limit of 100 regions" for each region from `limit` on.
std::vector<DroppedRegion> dropped_over(std::size_t count, std::int64_t limit);

std::vector<Box> boxes_of(const std::vector<Region>& regions);

// What every answer says about its input. `count`: how many regions were offered, `source`: whose.
Answer new_answer(const std::string& task, const Image* image, std::size_t count,
                  const std::string& source, const std::vector<DroppedRegion>& dropped);

// Adds what one reply cost, and how it ended when it is worse than what was there.
void add_reply(const Said& said, const Prompt& prompt, Answer& answer);

}  // namespace fo1
