#include "train/lesson.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <span>

#include "support/data.h"
#include "support/errors.h"

namespace fo1::train {
namespace {

using test::fails_with;

ChatMessage words(const std::string& role, const std::string& text) {
  return {role, false, {{ChatPart::Kind::kText, text}}};
}

ChatMessage picture(const std::string& question, std::int64_t regions) {
  ChatMessage message = words("user", question);
  message.parts.insert(message.parts.begin(), {ChatPart::Kind::kImage, ""});
  message.regions = regions;
  return message;
}

class Lessons : public testing::Test {
 protected:
  Lesson lesson_of(const std::vector<ChatMessage>& messages) {
    return make_lesson(*tokenizer_, frame_, AnswerGrammar{}, messages);
  }
  std::string taught(const Lesson& lesson) {
    return tokenizer_->decode(std::span(lesson.ids).subspan(lesson.taught), /*skip_special=*/false);
  }

  std::unique_ptr<Tokenizer> tokenizer_ = load_tokenizer(test::data_path("parity/tokenizer/full"));
  ChatFrame frame_;
};

TEST_F(Lessons, ThePromptIsTheOneThatAsks) {
  const std::vector<ChatMessage> messages = {picture("What is it?", 2),
                                             words("assistant", "A cup.")};
  const Lesson lesson = lesson_of(messages);
  const Prompt asked = build_prompt(*tokenizer_, frame_, std::span(messages).first(1));
  ASSERT_EQ(lesson.taught, asked.ids.size());
  EXPECT_TRUE(std::equal(asked.ids.begin(), asked.ids.end(), lesson.ids.begin()));
  EXPECT_EQ(lesson.regions, std::vector<std::int64_t>{2});
}

TEST_F(Lessons, TheAnswerAndTheTurnsEndAreTaught) {
  const std::string answer = "<ground>cup</ground><objects><region1></objects>";
  const Lesson lesson = lesson_of({picture("Where?", 2), words("assistant", answer)});
  EXPECT_EQ(taught(lesson), answer + "<|im_end|>");
  EXPECT_EQ(lesson.ids.back(), tokenizer_->id_of("<|im_end|>"));
}

TEST_F(Lessons, EarlierAnswersAreRead) {
  const std::vector<ChatMessage> messages = {picture("What?", 1), words("assistant", "A cup."),
                                             words("user", "Sure?"), words("assistant", "Yes.")};
  const Lesson lesson = lesson_of(messages);
  EXPECT_EQ(taught(lesson), "Yes.<|im_end|>");
  const std::vector<std::int64_t> cup = tokenizer_->encode("A cup.");
  const auto end = lesson.ids.begin() + static_cast<std::ptrdiff_t>(lesson.taught);
  EXPECT_NE(std::search(lesson.ids.begin(), end, cup.begin(), cup.end()), end);
}

TEST_F(Lessons, OnlyOfferedRegionsCanBeNamed) {
  const auto with = [&](const std::string& answer) {
    return lesson_of({picture("Where?", 2), words("assistant", answer)});
  };
  EXPECT_NO_THROW(with("<region0><region1> a <region> <regionx>"));
  EXPECT_TRUE(fails_with([&] { with("<region1><region2>"); }, ErrorCode::kInvalidArgument,
                         "names <region2>, but 2 regions are offered"));
  EXPECT_TRUE(fails_with([&] { with("<region99999999999999999999>"); }, ErrorCode::kInvalidArgument,
                         "names <region99999999999999999999>"));
  const auto told = [&](const std::string& answer) {
    return lesson_of({words("user", "<region7> a cup. Where?"), words("assistant", answer)});
  };
  EXPECT_NO_THROW(told("<region7>"));
  EXPECT_TRUE(fails_with([&] { told("<region8>"); }, ErrorCode::kInvalidArgument,
                         "names <region8>, but 0 regions are offered"));
  frame_.region_limit = 1;
  EXPECT_TRUE(fails_with([&] { with("<region1>"); }, ErrorCode::kInvalidArgument,
                         "names <region1>, but 1 regions are offered"));
}

TEST_F(Lessons, WhatCannotBeLearntIsRefused) {
  EXPECT_TRUE(fails_with([&] { lesson_of({words("user", "What?")}); }, ErrorCode::kInvalidArgument,
                         "must be the assistant's"));
  EXPECT_TRUE(fails_with(
      [&] {
        lesson_of({words("user", "What?"), words("assistant", "")});
      },
      ErrorCode::kInvalidArgument, "is empty"));
  ChatMessage drawn = words("assistant", "This:");
  drawn.parts.push_back({ChatPart::Kind::kImage, ""});
  EXPECT_TRUE(fails_with(
      [&] {
        lesson_of({words("user", "Draw."), drawn});
      },
      ErrorCode::kInvalidArgument, "holds an image"));
}

}  // namespace
}  // namespace fo1::train
