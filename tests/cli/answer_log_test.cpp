#include "cli/answer_log.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "cli/files.h"
#include "support/data.h"
#include "support/errors.h"

namespace fo1::cli {
namespace {

using test::fails_with;
using test::scratch_folder;

const std::string kFirst = R"({"id":"a","ok":true,"result":{"text":"one\n"}})";
const std::string kFailure = R"({"id":"b","ok":false,"line":2,"error":{"code":"not_found"}})";
const std::string kLast = R"({"id":3,"ok":true,"result":{"text":"Straße {\"id\":7}"}})";

struct Kept {
  IdSet ids;
  std::string text;
};

Kept keep(const std::string& text) {
  std::istringstream in(text);
  std::ostringstream out;
  IdSet ids = keep_answers(in, out, "answers");
  return {ids, out.str()};
}

TEST(KeepAnswers, KeepsGoodOnesAndDropsFailures) {
  const Kept kept = keep(kFirst + "\n" + kFailure + "\n" + kLast + "\n");
  EXPECT_EQ(kept.text, kFirst + "\n" + kLast + "\n");
  EXPECT_EQ(kept.ids, (IdSet{"\"a\"", "3"}));
}

TEST(KeepAnswers, RepairsALastLineCutOffAtEveryByte) {
  const std::string before = kFirst + "\n" + kFailure + "\n";
  for (std::size_t bytes = 0; bytes < kLast.size(); ++bytes) {
    const Kept kept = keep(before + kLast.substr(0, bytes));
    EXPECT_EQ(kept.text, kFirst + "\n") << bytes << " bytes of the last line";
    EXPECT_EQ(kept.ids, IdSet{"\"a\""});
  }
}

TEST(KeepAnswers, AWholeLastLineNeedsNoLineBreak) {
  const Kept kept = keep(kFirst + "\n" + kLast);
  EXPECT_EQ(kept.text, kFirst + "\n" + kLast + "\n");
  EXPECT_EQ(kept.ids.size(), 2u);
}

TEST(KeepAnswers, AnIdIsKeptOnce) {
  EXPECT_EQ(keep(kFirst + "\n" + kFirst + "\n").text, kFirst + "\n");
}

TEST(KeepAnswers, RefusesWhatIsNoFileOfAnswers) {
  const auto keeping = [](const std::string& text) { return [text] { keep(text); }; };
  const auto code = ErrorCode::kCorruptFile;
  EXPECT_TRUE(fails_with(keeping(kFirst + "\n{\"id\":\"q\"}\n"), code, "answers:2: ok: expected"));
  EXPECT_TRUE(fails_with(keeping("{\"id\":\"a\n" + kLast + "\n"), code, "answers:1: not valid"));
  EXPECT_TRUE(fails_with(keeping("[]\n"), code, "answers:1: expected an object"));
  EXPECT_TRUE(fails_with(keeping("{\"ok\":true}\n"), code, "answers:1: id"));
}

TEST(AnswerLog, NeverOverwrites) {
  const std::string path = scratch_folder() + "/answers.jsonl";
  write_text(path, kFirst + "\n");
  EXPECT_TRUE(fails_with([&] { AnswerLog(path, false); }, ErrorCode::kInvalidArgument,
                         "has answers already: continue it with --resume"));
  EXPECT_EQ(read_text(path), kFirst + "\n");
}

TEST(AnswerLog, LeavesAForeignFileAsItIs) {
  const std::string path = scratch_folder() + "/requests.jsonl";
  const std::string text = R"({"id":"a","task":"detect"})"
                           "\n" +
                           kFailure + "\n";
  write_text(path, text);
  EXPECT_TRUE(fails_with([&] { AnswerLog(path, true); }, ErrorCode::kCorruptFile, path + ":1"));
  EXPECT_EQ(read_text(path), text);
}

TEST(AnswerLog, ContinuesBehindWhatItKept) {
  const std::string path = scratch_folder() + "/answers.jsonl";
  write_text(path, kFirst + "\n" + kFailure + "\n" + kLast.substr(0, 20));
  AnswerLog log(path, true);
  EXPECT_TRUE(log.has_answer("a"));
  EXPECT_FALSE(log.has_answer("b"));
  EXPECT_FALSE(log.has_answer(3));
  log.add_failure(nullptr, 7, Error(ErrorCode::kCorruptFile, "line 7: \xff"));
  Answer answer;
  answer.task = "ask";
  log.add_answer(3, answer);

  std::istringstream lines(read_text(path));  // while the log is still open
  std::string line;
  ASSERT_TRUE(std::getline(lines, line));
  EXPECT_EQ(line, kFirst);
  ASSERT_TRUE(std::getline(lines, line));
  EXPECT_EQ(line,
            R"({"id":null,"ok":false,"line":7,"error":{"code":"corrupt_file","message":"line 7: )"
            "\xEF\xBF\xBD\"}}");
  ASSERT_TRUE(std::getline(lines, line));
  const LineObject added(line, "added");
  EXPECT_EQ(added.integer("id"), 3);
  EXPECT_TRUE(added.boolean("ok"));
  EXPECT_EQ(added.at("result").at("task"), "ask");
  EXPECT_FALSE(std::getline(lines, line));
}

TEST(AnswerLog, SaysWhereItCannotWrite) {
  const std::string path = scratch_folder() + "/missing/answers.jsonl";
  EXPECT_TRUE(fails_with([&] { AnswerLog(path, false); }, ErrorCode::kNotFound, path));
}

}  // namespace
}  // namespace fo1::cli
