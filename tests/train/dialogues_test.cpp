#include "train/dialogues.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <variant>

#include "base/error.h"
#include "base/files.h"
#include "image/codec.h"
#include "support/data.h"
#include "support/errors.h"
#include "train/warnings.h"

namespace fo1::train {
namespace {

using test::fails_with;

constexpr const char* kTwoAnswers =
    R"({"id": "a", "messages": [{"role": "user", "content": [{"type": "image_url", )"
    R"("image_url": {"url": "grey.png"}}, {"type": "text", "text": "What?"}], )"
    R"("bbox_list": [[1, 2, 10, 12]]}, {"role": "assistant", "content": "Grey."}, )"
    R"({"role": "user", "content": "Sure?"}, {"role": "assistant", "content": "Yes."}]})";

std::string folder_with(const std::string& lines) {
  const std::string folder = test::scratch_folder();
  write_file(join_path(folder, "conversations.jsonl"), lines);
  const std::string picture = join_path(folder, "grey.png");
  write_file(picture, encode_picture(new_rgb_image({20, 16}, picture), ".png"));
  return folder;
}

TEST(Dialogues, EachAnswerIsASample) {
  const auto samples = read_dialogues(folder_with(cat(kTwoAnswers, "\n")));
  ASSERT_EQ(samples.size(), 2u);
  EXPECT_EQ(samples[0].answer, 1u);
  EXPECT_EQ(samples[1].answer, 3u);
  ImageLoader images(samples[0].root);
  const std::vector<Message> first = samples[0].messages(images),
                             second = samples[1].messages(images);
  ASSERT_EQ(first.size(), 2u);
  ASSERT_EQ(second.size(), 4u);
  EXPECT_EQ(std::get<std::string>(first.back().content), "Grey.");
  EXPECT_EQ(std::get<std::string>(second.back().content), "Yes.");
  ASSERT_EQ(first[0].regions.size(), 1u);
  EXPECT_EQ(first[0].regions[0].box.x2, 10);
  const auto& parts = std::get<std::vector<std::variant<TextPart, ImagePart>>>(first[0].content);
  EXPECT_EQ(std::get<ImagePart>(parts[0]).image.width(), 20);
}

// What lines begin with before their questions is what they are about, in words or pictures.
TEST(Dialogues, QuestionsAboutTheSameWordsHaveOneSubject) {
  const auto line = [](const std::string& told, const std::string& asked) {
    return R"({"messages": [{"role": "user", "content": [{"type": "text", "text": ")" + told +
           R"("}, {"type": "text", "text": ")" + asked +
           R"("}]}, {"role": "assistant", "content": "So."}]})" + "\n";
  };
  const auto samples = read_dialogues(
      folder_with(line("A cup.", "What?") + line("A cup.", "Where?") + line("A cat.", "What?")));
  ASSERT_EQ(samples.size(), 3u);
  EXPECT_EQ(samples[0].subject, samples[1].subject);
  EXPECT_NE(samples[0].subject, samples[2].subject);
}

TEST(Dialogues, BadLinesAreNamedAndLeftOut) {
  const std::string folder =
      folder_with(cat("{\"messages\": [\n\n"
                      R"({"messages": [{"role": "user", "content": "What?"}]})"
                      "\n"
                      R"({"messages": [{"role": "assistant", "content": "So."}]})"
                      "\n",
                      kTwoAnswers, "\n{\"messages\": 3}"));
  const Warnings warnings;
  EXPECT_EQ(read_dialogues(folder).size(), 2u);
  for (const char* place : {"conversations.jsonl:1", "conversations.jsonl:3: messages: expected a",
                            "conversations.jsonl:4: messages[0]: role: expected a question",
                            "conversations.jsonl:6: messages: expected a list"}) {
    EXPECT_NE(warnings.all().find(place), std::string::npos) << place << "\n" << warnings.all();
  }
  EXPECT_EQ(warnings.all().find("conversations.jsonl:5"), std::string::npos);
}

// Whatever stands where something else is expected, it is a line's own fault.
TEST(Dialogues, MessagesOfAnotherFormAreLeftOut) {
  const std::string folder = folder_with(
      R"({"messages": [{"role": "user"}, {"role": "assistant", "content": "So."}]})"
      "\n"
      R"({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": "grey.png"}]}, )"
      R"({"role": "assistant", "content": "So."}]})"
      "\n"
      R"({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": 3}}]}, )"
      R"({"role": "assistant", "content": "So."}]})"
      "\n"
      R"({"messages": [{"role": "user", "content": 7}, {"role": "assistant", "content": "So."}]})"
      "\n" +
      std::string(kTwoAnswers));
  const Warnings warnings;
  const auto samples = read_dialogues(folder);
  ASSERT_EQ(samples.size(), 2u);
  EXPECT_EQ(samples[1].picture, join_path(folder, "grey.png"));
  for (const char* place :
       {"conversations.jsonl:1: messages[0]", "conversations.jsonl:2: messages[0]",
        "conversations.jsonl:3: messages[0]", "conversations.jsonl:4: messages[0]"}) {
    EXPECT_NE(warnings.all().find(place), std::string::npos) << place << "\n" << warnings.all();
  }
}

TEST(Dialogues, AMissingPictureIsSaidWhenTheSampleIsUsed) {
  const std::string folder = folder_with(kTwoAnswers);
  const auto samples = read_dialogues(folder);
  std::filesystem::remove(join_path(folder, "grey.png"));
  ImageLoader images(samples.at(0).root);
  EXPECT_TRUE(
      fails_with([&] { samples.at(0).messages(images); }, ErrorCode::kNotFound, "grey.png"));
}

TEST(Dialogues, AMissingFileIsNamed) {
  EXPECT_TRUE(fails_with([&] { read_dialogues(test::scratch_folder()); }, ErrorCode::kNotFound,
                         "conversations.jsonl"));
}

}  // namespace
}  // namespace fo1::train
