#include "text/clip_tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/files.h"
#include "support/data.h"
#include "support/errors.h"
#include "text/support.h"

namespace fo1 {
namespace {

using test::data_path;
using test::fails_with;
using test::Ids;
using testing::ElementsAre;

ClipTokenizer recorded_tokenizer() {
  return ClipTokenizer::load(data_path("clip_tokenizer"));
}

TEST(ClipTokenizer, MatchesRecordedIds) {
  const ClipTokenizer tokenizer = recorded_tokenizer();
  const std::string path = data_path("clip_tokenizer/strings.json");
  const Json json = load_json(path);
  const JsonView recorded(json, path);
  const auto max_ids = recorded.get<std::int64_t>("max_ids");
  std::int64_t cut = 0;
  for (const char* list : {"strings", "shorter"}) {
    const JsonView rows = recorded.at(list);
    ASSERT_GT(rows.size(), 0u);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::string text = rows.at(i).get<std::string>("text");
      SCOPED_TRACE(text);
      const auto most = static_cast<std::size_t>(rows.at(i).get_or("max_ids", max_ids));
      const Ids ids = rows.at(i).get<Ids>("ids");
      EXPECT_EQ(tokenizer.encode(text, most), ids);
      cut += ids.size() == most;
    }
  }
  EXPECT_GT(cut, 10);
}

TEST(ClipTokenizer, CaseAndSpacesDoNotMatter) {
  const ClipTokenizer tokenizer = recorded_tokenizer();
  const Ids ids = tokenizer.encode("a red café", 77);
  EXPECT_GT(ids.size(), 4u);
  EXPECT_EQ(tokenizer.encode(" A\tRED  \u3000CAFE\u0301\n", 77), ids);
  EXPECT_NE(tokenizer.encode("a redcafé", 77), ids);
}

TEST(ClipTokenizer, CutsWordsButKeepsTheEnd) {
  const ClipTokenizer tokenizer = recorded_tokenizer();
  const Ids whole = tokenizer.encode("cat dog", 77);
  ASSERT_EQ(whole.size(), 4u);
  EXPECT_THAT(whole, ElementsAre(tokenizer.start(), whole[1], whole[2], tokenizer.end()));
  EXPECT_EQ(tokenizer.encode("cat dog", 4), whole);
  EXPECT_THAT(tokenizer.encode("cat dog", 3),
              ElementsAre(tokenizer.start(), whole[1], tokenizer.end()));
  EXPECT_THAT(tokenizer.encode("cat dog", 2), ElementsAre(tokenizer.start(), tokenizer.end()));
  EXPECT_TRUE(fails_with([&] { tokenizer.encode("cat", 1); }, ErrorCode::kInvalidArgument,
                         "max_ids: expected at least 2, got 1"));
}

TEST(ClipTokenizer, TextMustBeUtf8) {
  EXPECT_TRUE(fails_with([] { recorded_tokenizer().encode("cat\xFF", 77); },
                         ErrorCode::kInvalidArgument, "byte 255 at offset 3"));
}

// a: 0, b: 1, a at a word's end: 2, "ab" at a word's end: 4.
constexpr const char* kVocab =
    R"({"a": 0, "b": 1, "a</w>": 2, "b</w>": 3, "ab</w>": 4, "<|startoftext|>": 5)";

std::string small_folder(const std::string& vocab, const std::string& merges = "a b</w>\n") {
  const std::string folder = test::scratch_folder();
  write_file(join_path(folder, "vocab.json"), vocab);
  write_file(join_path(folder, "merges.txt"), merges);
  return folder;
}

TEST(ClipTokenizer, LastSymbolsOfWordsAreTheirOwn) {
  const std::string vocab = cat(kVocab, R"(, "<|endoftext|>": 6})");
  const ClipTokenizer tokenizer = ClipTokenizer::load(small_folder(vocab));
  EXPECT_EQ(tokenizer.size(), 7);
  EXPECT_THAT(tokenizer.encode("a b ab aba", 77), ElementsAre(5, 2, 3, 4, 0, 1, 2, 6));
  EXPECT_THAT(tokenizer.encode("a<|endoftext|>b", 77), ElementsAre(5, 2, 6, 3, 6));
  // The end mark stands for each byte without a piece.
  EXPECT_THAT(tokenizer.encode("cab abc", 77), ElementsAre(5, 6, 4, 0, 1, 6, 6));
  EXPECT_THAT(tokenizer.encode("a \u00e9 b", 77), ElementsAre(5, 2, 6, 6, 3, 6));
}

TEST(ClipTokenizer, MarksMayBeAddedTokens) {
  const std::string folder = small_folder(cat(kVocab, "}"));
  write_file(join_path(folder, "added_tokens.json"), R"({"<|endoftext|>": 9})");
  const ClipTokenizer tokenizer = ClipTokenizer::load(folder);
  EXPECT_THAT(tokenizer.encode("b<|EndOfText|>", 77), ElementsAre(5, 3, 9, 9));
}

TEST(ClipTokenizer, ErrorsNameWhatIsMissing) {
  const auto loading = [](const std::string& folder) {
    return [folder] { ClipTokenizer::load(folder); };
  };
  EXPECT_TRUE(fails_with(loading("/no/such"), ErrorCode::kNotFound,
                         "folder of CLIP's tokenizer \"/no/such\" is not a folder"));
  EXPECT_TRUE(fails_with(loading(test::scratch_folder()), ErrorCode::kNotFound, "vocab.json"));

  const std::string no_merges = test::scratch_folder();
  write_file(join_path(no_merges, "vocab.json"), cat(kVocab, R"(, "<|endoftext|>": 6})"));
  EXPECT_TRUE(fails_with(loading(no_merges), ErrorCode::kNotFound, "merges.txt"));

  const std::string no_end = small_folder(cat(kVocab, "}"));
  EXPECT_TRUE(
      fails_with(loading(no_end), ErrorCode::kCorruptFile, "vocab.json: no id for <|endoftext|>"));
  // A role alone gives the mark no id.
  write_file(join_path(no_end, "special_tokens_map.json"), R"({"eos_token": "<|endoftext|>"})");
  EXPECT_TRUE(
      fails_with(loading(no_end), ErrorCode::kCorruptFile, "vocab.json: no id for <|endoftext|>"));

  EXPECT_TRUE(fails_with(loading(small_folder(cat(kVocab, R"(, "<|endoftext|>": 6})"), "a c\n")),
                         ErrorCode::kCorruptFile, "merges.txt:1: no id for piece \"c\""));
}

}  // namespace
}  // namespace fo1
