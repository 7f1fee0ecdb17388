#include "text/chat.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "support/data.h"
#include "support/errors.h"
#include "text/support.h"
#include "text/utf8.h"

namespace fo1 {
namespace {

using test::data_path;
using test::fails_with;
using test::Ids;
using testing::ElementsAre;
using testing::Pair;

ChatMessage message_from(const JsonView& json) {
  ChatMessage message{json.get<std::string>("role"), json.at("content").is_string(), {}};
  if (json.has("bbox_list"))
    message.regions = static_cast<std::int64_t>(json.at("bbox_list").size());
  if (message.plain) {
    message.parts.push_back({ChatPart::Kind::kText, json.get<std::string>("content")});
    return message;
  }
  const JsonView parts = json.at("content");
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool text = parts.at(i).get<std::string>("type") == "text";
    message.parts.push_back({text ? ChatPart::Kind::kText : ChatPart::Kind::kImage,
                             text ? parts.at(i).get<std::string>("text") : ""});
  }
  return message;
}

std::vector<ChatMessage> conversation_from(const JsonView& messages) {
  std::vector<ChatMessage> conversation;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    conversation.push_back(message_from(messages.at(i)));
  }
  return conversation;
}

ChatMessage plain(const std::string& role, const std::string& text) {
  return {role, true, {{ChatPart::Kind::kText, text}}};
}

ChatMessage with_image(const std::string& text, std::int64_t regions) {
  return {"user", false, {{ChatPart::Kind::kImage, ""}, {ChatPart::Kind::kText, text}}, regions};
}

std::int64_t count(const Ids& ids, std::int64_t id) {
  return std::count(ids.begin(), ids.end(), id);
}

std::string text_after(const std::string& text, const std::string& mark) {
  return text.substr(text.find(mark) + mark.size());
}

// Where the reference builds a prompt that does not fit its own images and regions.
bool serves_differently(const std::vector<ChatMessage>& messages, const ChatFrame& frame) {
  int with_regions = 0;
  bool tags = false;
  for (const ChatMessage& message : messages) {
    with_regions += message.regions > 0;
    for (const ChatPart& part : message.parts) {
      tags |= part.text.find(frame.image_tag) != std::string::npos;
      tags |= part.text.find(frame.region_tag) != std::string::npos;
    }
  }
  return tags || with_regions > 1;
}

class Tokenizers {
 public:
  const Tokenizer& get(const std::string& name) {
    auto& tokenizer = loaded_[name];
    if (!tokenizer) tokenizer = test::golden_tokenizer(name);
    return *tokenizer;
  }

 private:
  std::map<std::string, std::unique_ptr<Tokenizer>> loaded_;
};

TEST(ChatGoldens, PromptsAreTheReferences) {
  const Json json = load_json(data_path("parity/text/prompts.json"));
  const JsonView entries(json, "prompts.json");
  Tokenizers tokenizers;
  int exact = 0, served = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const JsonView entry = entries.at(i);
    SCOPED_TRACE(entry.get<std::string>("name") + " " + entry.get<std::string>("tokenizer"));
    const Tokenizer& tokenizer = tokenizers.get(entry.get<std::string>("tokenizer"));
    const std::vector<ChatMessage> messages = conversation_from(entry.at("messages"));
    const Prompt prompt = build_prompt(tokenizer, {}, messages);
    EXPECT_EQ(count(prompt.ids, kImagePlaceholder),
              static_cast<std::int64_t>(prompt.images.size()));
    if (entry.has("error")) {
      ++served;
      continue;
    }
    ChatFrame literal;
    literal.number_regions_on = false;
    literal.tags_in_words = true;
    const Prompt reference = build_prompt(tokenizer, literal, messages);
    EXPECT_EQ(reference.text, entry.get<std::string>("prompt"));
    EXPECT_EQ(reference.ids, entry.get<Ids>("ids"));
    if (serves_differently(messages, literal)) continue;
    EXPECT_EQ(prompt.text, reference.text);
    EXPECT_EQ(prompt.ids, reference.ids);
    ++exact;
  }
  EXPECT_GT(exact, 0);
  EXPECT_GT(served, 0);
}

TEST(ChatGoldens, CasesAreTheReferences) {
  const Json json = load_json(data_path("parity/cases/index.json"));
  const JsonView index(json, "index.json");
  ASSERT_GT(index.size(), 0u);
  std::map<std::string, std::unique_ptr<Tokenizer>> tokenizers;
  for (std::size_t i = 0; i < index.size(); ++i) {
    const std::string path = index.at(i).get<std::string>("case");
    SCOPED_TRACE(path);
    const Json golden_json = load_json(data_path("parity/" + path));
    const JsonView golden(golden_json, path);
    auto& tokenizer = tokenizers[golden.get<std::string>("model")];
    if (!tokenizer) {
      tokenizer = load_tokenizer(data_path("parity/" + golden.get<std::string>("model")));
    }
    const Prompt prompt = build_prompt(*tokenizer, {}, conversation_from(golden.at("messages")));
    EXPECT_EQ(prompt.text, golden.get<std::string>("prompt"));
    EXPECT_EQ(prompt.ids, golden.get<Ids>("input_ids"));
    const auto answer = [&](bool skip_special) {  // recorded without whitespace at its ends
      return strip_left(
          strip_right(tokenizer->decode(golden.get<Ids>("generated_ids"), skip_special)));
    };
    EXPECT_EQ(answer(false), golden.get<std::string>("text"));
    EXPECT_EQ(answer(true), golden.get<std::string>("text_skip_special"));
  }
}

class Chat : public testing::Test {
 protected:
  Prompt prompt(const std::vector<ChatMessage>& messages, const ChatFrame& frame = {}) {
    return build_prompt(*tokenizer_, frame, messages);
  }
  Ids ids(const std::string& text) { return tokenizer_->encode(text); }

  std::unique_ptr<Tokenizer> tokenizer_ = load_tokenizer(test::small_model_folder());
};

TEST_F(Chat, AssistantTurnsAreWhole) {
  const Prompt got = prompt({plain("system", "S"),
                             with_image("Hi", 0),
                             plain("assistant", "Yes."),
                             {"user", false, {{ChatPart::Kind::kText, "More"}}}});
  const std::string before = "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\n<|vision_start|>";
  const std::string after =
      "<|vision_end|>\nHi<|im_end|>\n<|im_start|>assistant\nYes.<|im_end|>\n"
      "<|im_start|>user\nMore<|im_end|>\n<|im_start|>assistant\n";
  EXPECT_EQ(got.text, before + "<image>" + after);
  Ids expected = ids("<|im_start|>system\nS<|im_end|><|im_start|>user\n<|vision_start|>");
  expected.push_back(kImagePlaceholder);
  for (const std::int64_t id : ids(after)) expected.push_back(id);
  EXPECT_EQ(got.ids, expected);
}

TEST_F(Chat, TheAnswerGoesOnWhereAnAssistantMessageEnds) {
  const Prompt begun = prompt({with_image("Hi", 0), plain("assistant", "<ground>cat")});
  const Prompt fresh = prompt({with_image("Hi", 0)});
  EXPECT_EQ(begun.text, fresh.text + "<ground>cat");
  EXPECT_EQ(prompt({with_image("Hi", 0), plain("assistant", "")}).ids, fresh.ids);
}

TEST_F(Chat, RegionsAreNumberedOn) {
  const Prompt got = prompt({with_image("one", 2), plain("assistant", "ok"), with_image("two", 1)});
  EXPECT_NE(got.text.find("<image><|vision_end|>\n<region0><regionfeat><region1><regionfeat>\none"),
            std::string::npos);
  EXPECT_NE(got.text.find("<image><|vision_end|>\n<region2><regionfeat>\ntwo"), std::string::npos);
  EXPECT_EQ(count(got.ids, kRegionPlaceholder), 3);
  EXPECT_THAT(got.images, ElementsAre(Pair(0, 0), Pair(2, 0)));
  EXPECT_THAT(got.regions, ElementsAre(2, 0, 1));
}

TEST_F(Chat, RegionsBeyondTheLimitAreLeftOut) {
  const Prompt got = prompt({with_image("one", 97), with_image("two", 7), with_image("three", 5)});
  EXPECT_THAT(got.regions, ElementsAre(97, 3, 0));
  EXPECT_EQ(count(got.ids, kRegionPlaceholder), 100);
  EXPECT_NE(got.text.find("<region99><regionfeat>\ntwo"), std::string::npos);
  EXPECT_NE(got.text.find("<image><|vision_end|>\nthree"), std::string::npos);
}

TEST_F(Chat, RegionsCanBeNumberedAnew) {
  ChatFrame anew;
  anew.number_regions_on = false;
  anew.region_limit = 3;
  const Prompt got = prompt({with_image("one", 2), with_image("two", 2)}, anew);
  EXPECT_NE(got.text.find("<region0><regionfeat><region1><regionfeat>\none"), std::string::npos);
  EXPECT_NE(got.text.find("\n<region0><regionfeat>\ntwo"), std::string::npos);
  EXPECT_THAT(got.regions, ElementsAre(2, 1));
}

TEST_F(Chat, RegionsBelongToTheFirstImage) {
  const ChatMessage two{"user",
                        false,
                        {{ChatPart::Kind::kText, "a"},
                         {ChatPart::Kind::kImage, ""},
                         {ChatPart::Kind::kImage, ""},
                         {ChatPart::Kind::kText, "b"}},
                        1};
  const Prompt got = prompt({two});
  EXPECT_EQ(text_after(got.text, "user\n"),
            "a<|vision_start|><image><|vision_end|>\n<region0><regionfeat>\n"
            "<|vision_start|><image><|vision_end|>\nb<|im_end|>\n<|im_start|>assistant\n");
  EXPECT_THAT(got.images, ElementsAre(Pair(0, 1), Pair(0, 2)));
}

TEST_F(Chat, TagsInWordsAreWords) {
  const Prompt got = prompt({with_image("a <image> <regionfeat> b", 1)});
  EXPECT_EQ(count(got.ids, kImagePlaceholder), 1);
  EXPECT_EQ(count(got.ids, kRegionPlaceholder), 1);
  const Ids words = ids("\na <image> <regionfeat> b<|im_end|>\n");
  EXPECT_NE(std::search(got.ids.begin(), got.ids.end(), words.begin(), words.end()), got.ids.end());
}

TEST_F(Chat, TheWordSystemReplacesTheSystemTurn) {
  EXPECT_EQ(prompt({plain("user", "Hi")}).text,
            "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
            "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n");
  EXPECT_EQ(prompt({plain("user", "a system")}).text,
            "<|im_start|>user\na system<|im_end|>\n<|im_start|>assistant\n");
}

TEST_F(Chat, OtherFamiliesUseOtherNames) {
  Json added;
  for (const char* name : {"<s>", "</s>", "<img>", "</img>", "<obj0>", "<obj1>"}) {
    added[name] = 100 + added.size();
  }
  tokenizer_ = load_tokenizer(test::write_tiny_bpe({"usertanilmby.!SHĊ", {}, {}, added, {}}));
  ChatFrame frame;
  frame.default_system = "Be mute!";
  frame.turn_start = "<s>";
  frame.turn_end = "</s>";
  frame.image_start = "<img>";
  frame.image_end = "</img>";
  frame.region_name = "<obj{}>";
  frame.region_tag = "*";
  ChatMessage silent = with_image("", 2);
  EXPECT_EQ(text_after(prompt({plain("system", "S"), silent}, frame).text, "\n<s>"),
            "user\n<img><image></img>\n<obj0>*<obj1>*\n</s>\n<s>assistant\n");
}

TEST_F(Chat, ErrorsNameTheMessage) {
  const auto refuses = [&](const std::vector<ChatMessage>& messages, const std::string& text) {
    return fails_with([&] { prompt(messages); }, ErrorCode::kInvalidArgument, text);
  };
  EXPECT_TRUE(refuses({}, "a conversation without messages"));
  EXPECT_TRUE(refuses({plain("user", "a"), plain("robot", "b")}, "messages[1]: role \"robot\""));
  ChatMessage lost = plain("user", "a");
  lost.regions = 3;
  EXPECT_TRUE(refuses({lost}, "messages[0]: 3 regions, but no image"));
  EXPECT_TRUE(refuses({with_image("a", -1)}, "messages[0]: -1 regions"));
  EXPECT_TRUE(refuses({plain("user", "\xFF")}, "not valid UTF-8"));
}

TEST_F(Chat, FrameMustFit) {
  ChatFrame frame;
  frame.region_name = "<obj>";
  EXPECT_TRUE(fails_with([&] { prompt({plain("user", "a")}, frame); }, ErrorCode::kInvalidArgument,
                         "\"<obj>\" has no {}"));
  tokenizer_ = load_tokenizer(test::write_tiny_bpe({"a", {}, {}, {}, {}}));
  EXPECT_TRUE(fails_with([&] { prompt({plain("user", "a")}); }, ErrorCode::kUnsupported,
                         "no token \"<|im_start|>\""));
}

}  // namespace
}  // namespace fo1
