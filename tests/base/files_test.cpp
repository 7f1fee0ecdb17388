#include "base/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "fo1/error.h"
#include "support/data.h"

namespace fo1 {
namespace {

TEST(Files, MissingFileAndFolderAreNotFound) {
  for (const std::string& path : {std::string("/nowhere/x"), test::scratch_folder()}) {
    try {
      read_file(path);
      FAIL() << path;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kNotFound);
      EXPECT_THAT(error.what(), testing::HasSubstr(path));
    }
  }
}

TEST(AtomicFile, AppearsOnlyOnCommitAndLeavesNothingBehind) {
  const std::string folder = test::scratch_folder();
  const std::string path = join_path(folder, "out.json");
  write_file(path, "old");
  {
    AtomicFile file(path);
    file.stream() << "half";
  }
  EXPECT_EQ(read_file(path), "old");
  {
    AtomicFile file(path);
    file.stream() << "new";
    file.commit();
  }
  EXPECT_EQ(read_file(path), "new");
  const auto entries = std::distance(std::filesystem::directory_iterator(folder), {});
  EXPECT_EQ(entries, 1);
}

TEST(AtomicFile, ADeviceStaysADevice) {
  const std::string link = join_path(test::scratch_folder(), "null.json");
  std::filesystem::create_symlink("/dev/null", link);
  write_file(link, "text");
  EXPECT_TRUE(std::filesystem::is_symlink(link));
}

TEST(Files, OverlongPathIsNotFound) {
  EXPECT_THROW(read_file(std::string(100'000, 'x')), Error);
}

TEST(AtomicFile, UnwritableFolderIsNotFound) {
  EXPECT_THROW(AtomicFile("/nowhere/x.json"), Error);
}

}  // namespace
}  // namespace fo1
