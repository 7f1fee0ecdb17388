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

TEST(AtomicFile, UnwritableFolderIsNotFound) {
  EXPECT_THROW(AtomicFile("/nowhere/x.json"), Error);
}

}  // namespace
}  // namespace fo1
