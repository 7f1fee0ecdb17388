#include "cli/files.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "cli/lines.h"
#include "support/data.h"
#include "support/errors.h"

namespace fo1::cli {
namespace {

namespace fs = std::filesystem;
using test::fails_with;
using test::scratch_folder;

std::size_t entries(const std::string& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(WholeFile, AppearsOnlyWhenCommitted) {
  const std::string folder = scratch_folder(), path = folder + "/out.json";
  write_text(path, "old");
  {
    WholeFile file(path);
    file.stream() << "half";
    EXPECT_EQ(read_text(path), "old");
  }
  EXPECT_EQ(read_text(path), "old");
  WholeFile file(path);
  file.stream() << "new";
  file.commit();
  EXPECT_EQ(read_text(path), "new");
  EXPECT_EQ(entries(folder), 1u);
}

TEST(WholeFile, LeavesSpecialFilesInPlace) {
  write_text("/dev/null", "text");
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST(WholeFile, SaysWhereItCannotWrite) {
  const std::string folder = scratch_folder();
  EXPECT_TRUE(fails_with([&] { write_text(folder + "/no/x", ""); }, ErrorCode::kNotFound,
                         folder + "/no/x: cannot be written"));
  EXPECT_TRUE(fails_with([&] { write_text(folder, ""); }, ErrorCode::kNotFound, folder));
  EXPECT_EQ(entries(folder), 0u);
}

TEST(Files, ReadsOnlyFiles) {
  const std::string folder = scratch_folder();
  EXPECT_TRUE(fails_with([&] { read_text(folder); }, ErrorCode::kNotFound, "got a folder"));
  EXPECT_TRUE(fails_with([&] { read_text(folder + "/x"); }, ErrorCode::kNotFound, "No such file"));
}

TEST(Files, PathsStartFromARoot) {
  EXPECT_EQ(resolve("data", "in/x.png"), "data/in/x.png");
  EXPECT_EQ(resolve("data", "/x.png"), "/x.png");
  EXPECT_EQ(resolve("", "x.png"), "x.png");
  EXPECT_EQ(folder_of("data/talk.json"), "data");
  EXPECT_EQ(folder_of("talk.json"), "");
}

TEST(Files, APlaceIsAskedForBeforehand) {
  const std::string folder = scratch_folder();
  for (const std::string& path : {std::string(), std::string("-"), folder + "/x"}) {
    EXPECT_NO_THROW(require_place(path)) << path;
  }
  EXPECT_TRUE(fails_with([&] { require_place(folder + "/no/x"); }, ErrorCode::kNotFound, "/no/x"));
}

TEST(Lines, AreNumberedAndEmptyOnesPassedOver) {
  const std::string path = scratch_folder() + "/lines";
  write_text(path, "a\n\n \t\r\nb\r\nc");
  std::vector<std::pair<std::string, std::int64_t>> seen;
  for_each_line(path, [&](const std::string& text, std::int64_t number) {
    seen.emplace_back(text, number);
    return true;
  });
  EXPECT_EQ(seen, (decltype(seen){{"a", 1}, {"b\r", 4}, {"c", 5}}));
  EXPECT_EQ(count_lines(path), 3);
}

TEST(Lines, StopWhenTold) {
  const std::string path = scratch_folder() + "/lines";
  write_text(path, "a\nb\nc\n");
  int visits = 0;
  for_each_line(path, [&](const std::string&, std::int64_t) { return ++visits < 2; });
  EXPECT_EQ(visits, 2);
}

}  // namespace
}  // namespace fo1::cli
