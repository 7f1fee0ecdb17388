#include "cli/batch_request.h"

#include <gtest/gtest.h>

#include "cli/files.h"
#include "support/data.h"
#include "support/errors.h"

namespace fo1::cli {
namespace {

using test::fails_with;

constexpr auto kInvalid = ErrorCode::kInvalidArgument;

Request read(const std::string& text, const std::string& root = "/data") {
  return read_request(LineObject(text, "r:7"), root);
}

auto reading(const std::string& text) {
  return [text] { read(text); };
}

TEST(BatchRequest, ReadsAnImageQuestion) {
  const Request request = read(
      R"({"id":"a1","image":"in/x.png","task":"detect","query":["cat","dog"],"boxes":[[0,1,2,3.5]],)"
      R"("regions":[0],"max_new_tokens":9})");
  EXPECT_EQ(request.question.task, "detect");
  EXPECT_EQ(request.question.query, (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(request.question.regions, std::vector<std::int64_t>{0});
  EXPECT_EQ(request.image, "/data/in/x.png");
  EXPECT_EQ(request.boxes, "[[0,1,2,3.5]]");
  EXPECT_EQ(request.boxes_where, "r:7: boxes");
  EXPECT_EQ(request.max_new_tokens, 9);
}

TEST(BatchRequest, OneTextIsAListOfOneAndNullIsAbsent) {
  const Request request =
      read(R"({"id":1,"image":"/x.png","task":"ask","query":"why?","boxes":null})");
  EXPECT_EQ(request.question.query, std::vector<std::string>{"why?"});
  EXPECT_EQ(request.image, "/x.png");
  EXPECT_EQ(request.boxes, "");
  EXPECT_EQ(request.max_new_tokens, 0);
}

TEST(BatchRequest, BoxesMayLieInAFile) {
  const std::string root = test::scratch_folder();
  write_text(root + "/boxes.json", "[[1,2,3,4]]\n");
  const std::string text = R"({"id":1,"image":"x.png","task":"ocr","boxes":"boxes.json"})";
  const Request request = read(text, root);
  EXPECT_EQ(request.boxes, "[[1,2,3,4]]\n");
  EXPECT_EQ(request.boxes_where, root + "/boxes.json");
  EXPECT_TRUE(fails_with(reading(text), ErrorCode::kNotFound, "/data/boxes.json: No such file"));
}

TEST(BatchRequest, ReadsAConversation) {
  const Request request = read(R"({"id":1,"task":"chat","messages":[{"role":"user"}]})");
  EXPECT_EQ(request.question.task, "chat");
  EXPECT_EQ(request.root, "/data");
  EXPECT_EQ(Json::parse(request.messages).at("messages").size(), 1u);
}

TEST(BatchRequest, RefusesWhatItCannotMean) {
  EXPECT_TRUE(fails_with(reading(R"({"image":"x.png"})"), kInvalid, "r:7: task: expected a text"));
  EXPECT_TRUE(fails_with(reading(R"({"task":"dance"})"), kInvalid,
                         "r:7: task: expected one of detect, ground, count, ocr, caption, "
                         "describe, similar, reason, ask, chat, got \"dance\""));
  EXPECT_TRUE(fails_with(reading(R"({"task":"ocr"})"), kInvalid, "r:7: image: expected a text"));
  EXPECT_TRUE(fails_with(reading(R"({"task":"ask","image":"x","qury":"a"})"), kInvalid,
                         "r:7: unknown key \"qury\", expected id, task, image, query"));
  EXPECT_TRUE(fails_with(reading(R"({"task":"ask","image":"x","query":[1]})"), kInvalid,
                         "r:7: query: expected a text or a list of texts, got [1]"));
  EXPECT_TRUE(fails_with(reading(R"({"task":"ocr","image":"x","regions":[0.5]})"), kInvalid,
                         "r:7: regions: expected a list of whole numbers, got [0.5]"));
  EXPECT_TRUE(fails_with(reading(R"({"task":"ocr","image":"x","max_new_tokens":0})"), kInvalid,
                         "r:7: max_new_tokens: expected a positive number, got 0"));
  EXPECT_TRUE(fails_with(reading(R"({"task":"chat"})"), kInvalid, "r:7: messages: expected"));
  EXPECT_TRUE(fails_with(reading(R"({"task":"chat","messages":[],"image":"x"})"), kInvalid,
                         "unknown key \"image\""));
}

TEST(BatchRequest, IdsAreTextsOrWholeNumbers) {
  const auto id_of = [](const std::string& text) { return read_id(LineObject(text, "r:1")); };
  EXPECT_EQ(id_of(R"({"id":"a"})"), Json("a"));
  EXPECT_EQ(id_of(R"({"id":-3})"), Json(-3));
  for (const char* text : {"{}", R"({"id":null})", R"({"id":1.5})", R"({"id":["a"]})"}) {
    EXPECT_TRUE(fails_with([&] { id_of(text); }, kInvalid, "r:1: id: expected a text or a whole"));
  }
}

}  // namespace
}  // namespace fo1::cli
