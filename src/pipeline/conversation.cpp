#include "pipeline/conversation.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "base/error.h"
#include "image/boxes.h"

namespace fo1 {
namespace {

using Parts = std::vector<std::variant<TextPart, ImagePart>>;

ChatPart chat_part(const std::variant<TextPart, ImagePart>& part) {
  if (const auto* text = std::get_if<TextPart>(&part)) return {ChatPart::Kind::kText, text->text};
  return {ChatPart::Kind::kImage, ""};
}

std::vector<const Image*> images_of(const Message& message) {
  std::vector<const Image*> images;
  if (const auto* parts = std::get_if<Parts>(&message.content)) {
    for (const auto& part : *parts) {
      if (const auto* image = std::get_if<ImagePart>(&part)) images.push_back(&image->image);
    }
  }
  return images;
}

// Encodes one message's images and as many of its regions as `room` allows.
void encode_message(Fo1Model& model, const Message& message, std::int64_t room, const Run& run,
                    EncodedConversation& out, std::vector<at::Tensor>& tokens) {
  const std::size_t first = out.images.size();
  for (const Image* image : images_of(message)) {
    const int index = static_cast<int>(out.images.size());
    out.images.push_back(model.encode_image(*image, run, index));
    // A trace shows the auxiliary encoder's work for every image, asked for or not.
    if (run.trace && model.config().has_regions) model.encode_maps(out.images.back(), run, index);
  }
  const auto kept = std::min<std::size_t>(message.regions.size(), std::max<std::int64_t>(room, 0));
  if (kept == 0) return;
  if (first == out.images.size()) {
    fail(ErrorCode::kInvalidArgument, "a message has regions but no image");
  }
  const std::vector<Region> regions(message.regions.begin(),
                                    message.regions.begin() + static_cast<std::ptrdiff_t>(kept));
  EncodedImage& image = out.images[first];
  model.encode_maps(image, run, static_cast<int>(first));
  tokens.push_back(model.encode_regions(image, boxes_of(regions), run));
  out.regions.insert(out.regions.end(), regions.begin(), regions.end());
}

}  // namespace

PromptInputs EncodedConversation::inputs() const {
  PromptInputs inputs;
  for (const EncodedImage& image : images) inputs.images.push_back(&image);
  inputs.regions = region_tokens;
  return inputs;
}

std::vector<ChatMessage> chat_messages(const std::vector<Message>& messages) {
  std::vector<ChatMessage> result;
  for (const Message& message : messages) {
    ChatMessage chat;
    chat.role = message.role;
    chat.regions = static_cast<std::int64_t>(message.regions.size());
    if (const auto* text = std::get_if<std::string>(&message.content)) {
      chat.plain = true;
      chat.parts = {{ChatPart::Kind::kText, *text}};
    } else {
      for (const auto& part : std::get<Parts>(message.content)) {
        chat.parts.push_back(chat_part(part));
      }
    }
    result.push_back(std::move(chat));
  }
  return result;
}

EncodedConversation encode_conversation(Fo1Model& model, const std::vector<Message>& messages,
                                        const Run& run) {
  EncodedConversation out;
  out.messages = chat_messages(messages);
  std::vector<at::Tensor> tokens;
  std::size_t given = 0;
  for (const Message& message : messages) require_finite(boxes_of(message.regions));
  for (const Message& message : messages) {
    const std::int64_t limit = model.config().chat.region_limit;
    encode_message(model, message, limit - static_cast<std::int64_t>(given), run, out, tokens);
    given += message.regions.size();
  }
  if (!tokens.empty()) out.region_tokens = at::cat(tokens);
  out.dropped = dropped_over(given, model.config().chat.region_limit);
  return out;
}

std::vector<DroppedRegion> dropped_over(std::size_t count, std::int64_t limit) {
  std::vector<DroppedRegion> dropped;
  for (auto i = limit; i < static_cast<std::int64_t>(count); ++i) {
    dropped.push_back({i, cat("over the limit of ", limit, " regions")});
  }
  return dropped;
}

std::vector<Box> boxes_of(const std::vector<Region>& regions) {
  std::vector<Box> boxes;
  for (const Region& region : regions) boxes.push_back(region.box);
  return boxes;
}

Answer new_answer(const std::string& task, const Image* image, std::size_t count,
                  const std::string& source, const std::vector<DroppedRegion>& dropped) {
  Answer answer;
  answer.task = task;
  if (image) {
    answer.image_path = image->path();
    answer.image_width = image->width();
    answer.image_height = image->height();
  }
  answer.proposal_source = source;
  answer.proposal_count = static_cast<std::int64_t>(count);
  answer.dropped = dropped;
  return answer;
}

void add_reply(const Said& said, const Prompt& prompt, Answer& answer) {
  if (answer.prompt.empty()) {
    answer.prompt = prompt.text;
    answer.tokens = said.tokens;
    answer.finish = said.finish;
    return;
  }
  answer.prompt += '\n' + prompt.text;
  answer.tokens.text += said.tokens.text;
  answer.tokens.generated += said.tokens.generated;
  answer.finish = std::max(answer.finish, said.finish);
}

}  // namespace fo1
