#include "text/chat.h"

#include <algorithm>

#include "base/error.h"

namespace fo1 {
namespace {

constexpr const char* kRoles[] = {"system", "user", "assistant"};

// Grows text and ids side by side. Text between placeholders is encoded as a whole.
class PromptWriter {
 public:
  PromptWriter(const Tokenizer& tokenizer, const ChatFrame& frame)
      : tokenizer_(tokenizer), frame_(frame) {}

  void write(const std::string& text) {
    prompt_.text += text;
    pending_ += text;
  }
  void show(const std::string& text) { prompt_.text += text; }  // in the text only

  void write_image_tag() { write_placeholder(frame_.image_tag, kImagePlaceholder); }
  void write_region_tag() { write_placeholder(frame_.region_tag, kRegionPlaceholder); }

  // Text in which tags mean placeholders.
  void write_with_tags(const std::string& text) {
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t image = std::min(text.find(frame_.image_tag, at), text.size());
      const std::size_t region = std::min(text.find(frame_.region_tag, at), text.size());
      const std::size_t end = std::min(image, region);
      write(text.substr(at, end - at));
      if (end == text.size()) return;
      if (image < region) {
        write_image_tag();
        at = image + frame_.image_tag.size();
      } else {
        write_region_tag();
        at = region + frame_.region_tag.size();
      }
    }
  }

  void flush() {
    const std::vector<std::int64_t> ids = tokenizer_.encode(pending_);
    prompt_.ids.insert(prompt_.ids.end(), ids.begin(), ids.end());
    pending_.clear();
  }

  Prompt& prompt() { return prompt_; }

 private:
  void write_placeholder(const std::string& tag, std::int64_t id) {
    flush();
    show(tag);
    prompt_.ids.push_back(id);
  }

  const Tokenizer& tokenizer_;
  const ChatFrame& frame_;
  Prompt prompt_;
  std::string pending_;  // text not yet encoded
};

class Conversation {
 public:
  Conversation(const Tokenizer& tokenizer, const ChatFrame& frame,
               std::span<const ChatMessage> messages)
      : frame_(frame), messages_(messages), writer_(tokenizer, frame) {}

  Prompt write() {
    for (std::size_t i = 0; i < messages_.size(); ++i) write_message(i);
    if (!goes_on_with_last()) writer_.write(frame_.turn_start + "assistant\n");
    writer_.flush();
    return std::move(writer_.prompt());
  }

 private:
  bool goes_on_with_last() const { return messages_.back().role == "assistant"; }

  void write_message(std::size_t index) {
    const ChatMessage& message = messages_[index];
    std::int64_t regions = admit(message.regions);
    if (!frame_.number_regions_on) next_region_ = 0;
    writer_.prompt().regions.push_back(regions);
    writer_.write(frame_.turn_start + message.role + "\n");
    for (std::size_t part = 0; part < message.parts.size(); ++part) {
      if (message.parts[part].kind == ChatPart::Kind::kText) {
        write_words(message.parts[part].text);
        continue;
      }
      writer_.prompt().images.emplace_back(static_cast<int>(index), static_cast<int>(part));
      write_image();
      write_regions(std::exchange(regions, 0));
    }
    const bool open = index + 1 == messages_.size() && goes_on_with_last();
    if (!open) write_end(message);
    writer_.flush();
  }

  void write_words(const std::string& words) {
    if (frame_.tags_in_words) {
      writer_.write_with_tags(words);
    } else {
      writer_.write(words);
    }
  }

  void write_image() {
    writer_.write(frame_.image_start);
    writer_.write_image_tag();
    writer_.write(frame_.image_end + "\n");
  }

  std::int64_t admit(std::int64_t regions) {
    const std::int64_t admitted = std::min(regions, frame_.region_limit - admitted_);
    admitted_ += admitted;
    return admitted;
  }

  void write_regions(std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) {
      std::string name = frame_.region_name;
      writer_.write(name.replace(name.find("{}"), 2, std::to_string(next_region_++)));
      writer_.write_region_tag();
    }
    if (count > 0) writer_.write("\n");
  }

  void write_end(const ChatMessage& message) {
    writer_.write(frame_.turn_end);
    if (message.plain && message.role != "assistant") {
      writer_.show("\n");
    } else {
      writer_.write("\n");
    }
  }

  const ChatFrame& frame_;
  std::span<const ChatMessage> messages_;
  PromptWriter writer_;
  std::int64_t admitted_ = 0;  // regions so far
  std::int64_t next_region_ = 0;
};

bool has_image(const ChatMessage& message) {
  return std::any_of(message.parts.begin(), message.parts.end(),
                     [](const ChatPart& part) { return part.kind == ChatPart::Kind::kImage; });
}

void check_message(const ChatMessage& message, std::size_t index) {
  if (std::find(std::begin(kRoles), std::end(kRoles), message.role) == std::end(kRoles)) {
    fail(ErrorCode::kInvalidArgument, "messages[", index, "]: role ", quoted(message.role),
         ", expected system, user or assistant");
  }
  if (message.regions < 0) {
    fail(ErrorCode::kInvalidArgument, "messages[", index, "]: ", message.regions, " regions");
  }
  if (message.regions > 0 && !has_image(message)) {
    fail(ErrorCode::kInvalidArgument, "messages[", index, "]: ", message.regions,
         " regions, but no image that they are in");
  }
}

void check_tokens(const Tokenizer& tokenizer, const ChatFrame& frame, bool images) {
  std::vector<std::string> tokens = {frame.turn_start, frame.turn_end};
  if (images) tokens.insert(tokens.end(), {frame.image_start, frame.image_end});
  for (const std::string& token : tokens) {
    if (!tokenizer.id_of(token)) {
      fail(ErrorCode::kUnsupported, "the tokenizer has no token ", quoted(token),
           ", which conversations with this model need");
    }
  }
}

Prompt default_system_turn(const Tokenizer& tokenizer, const ChatFrame& frame) {
  Prompt prompt;
  prompt.text = frame.turn_start + "system\n" + frame.default_system + frame.turn_end + "\n";
  prompt.ids = tokenizer.encode(prompt.text);
  return prompt;
}

}  // namespace

void ChatFrame::validate() const {
  if (region_name.find("{}") == std::string::npos) {
    fail(ErrorCode::kInvalidArgument, "region name ", quoted(region_name),
         " has no {} for the region's number");
  }
  if (turn_start.empty() || turn_end.empty() || image_tag.empty() || region_tag.empty()) {
    fail(ErrorCode::kInvalidArgument, "an empty token or tag in the chat frame");
  }
  if (region_limit < 0) fail(ErrorCode::kInvalidArgument, "a region limit of ", region_limit);
}

Prompt build_prompt(const Tokenizer& tokenizer, const ChatFrame& frame,
                    std::span<const ChatMessage> messages) {
  frame.validate();
  if (messages.empty()) fail(ErrorCode::kInvalidArgument, "a conversation without messages");
  for (std::size_t i = 0; i < messages.size(); ++i) check_message(messages[i], i);
  check_tokens(tokenizer, frame, std::any_of(messages.begin(), messages.end(), has_image));

  Prompt prompt = Conversation(tokenizer, frame, messages).write();
  if (prompt.text.find("system") == std::string::npos) {
    Prompt system = default_system_turn(tokenizer, frame);
    prompt.text.insert(0, system.text);
    prompt.ids.insert(prompt.ids.begin(), system.ids.begin(), system.ids.end());
  }
  return prompt;
}

}  // namespace fo1
