#include "cli/text.h"

#include <gtest/gtest.h>

#include <sstream>

#include "cli/suggest.h"

namespace fo1::cli {
namespace {

TEST(Text, ControlCharactersCannotLeaveTheirLine) {
  EXPECT_EQ(one_line("a\nb\x1b[31m\t\x7f"), "a b [31m  ");
  EXPECT_EQ(printable("a\nb\rc\x1b"), "a\nb c ");
  EXPECT_EQ(one_line("Größe"), "Größe");
}

TEST(Text, Numbers) {
  EXPECT_EQ(number_text(12), "12");
  EXPECT_EQ(number_text(55.25), "55.25");
  EXPECT_EQ(number_text(0.97312345), "0.973123");
}

TEST(Text, Sizes) {
  EXPECT_EQ(bytes_text(0), "0 B");
  EXPECT_EQ(bytes_text(1023), "1023 B");
  EXPECT_EQ(bytes_text(1536), "1.50 KiB");
  EXPECT_EQ(bytes_text(std::int64_t{3} << 42), "12.00 TiB");
  EXPECT_EQ(bytes_text(std::int64_t{1} << 60), "1048576.00 TiB");
  EXPECT_EQ(count_text(999), "999");
  EXPECT_EQ(count_text(3754622976), "3.75 billion");
}

TEST(Table, AlignsColumnsByCharacters) {
  Table table({"label", "n", "end"});
  EXPECT_TRUE(table.empty());
  table.add({"Tür", "1", "x"});
  table.add({"a longer one", "22", "y\nz"});
  EXPECT_FALSE(table.empty());
  std::ostringstream out;
  table.print(out);
  EXPECT_EQ(out.str(),
            "label         n   end\n"
            "Tür           1   x\n"
            "a longer one  22  y z\n");
}

TEST(Suggest, FindsTheNearestWord) {
  const std::vector<std::string> words = {"detect", "describe", "ocr", "--max-new-tokens"};
  EXPECT_EQ(closest("detct", words), "detect");
  EXPECT_EQ(closest("--max-tokens", words), "--max-new-tokens");
  EXPECT_EQ(closest("orc", words), "ocr");
  EXPECT_EQ(closest("detect", words), "detect");
}

TEST(Suggest, IsSilentWhenNothingIsNear) {
  EXPECT_EQ(closest("banana", {"detect", "ocr"}), "");
  EXPECT_EQ(closest("x", {"ocr"}), "");
  EXPECT_EQ(closest("", {"ocr"}), "");
  EXPECT_EQ(closest("detect", {}), "");
}

}  // namespace
}  // namespace fo1::cli
