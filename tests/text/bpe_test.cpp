#include "text/bpe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "base/files.h"
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

void check_decoded(const Tokenizer& tokenizer, const JsonView& golden) {
  const Ids ids = golden.get<Ids>("ids");
  EXPECT_EQ(tokenizer.decode(ids, false), golden.get<std::string>("decoded"));
  EXPECT_EQ(tokenizer.decode(ids, true), golden.get<std::string>("decoded_skip_special"));
}

void check_golden(const std::string& path) {
  const Json json = load_json(data_path("parity/" + path));
  const JsonView golden(json, path);
  const auto tokenizer = test::golden_tokenizer(golden.get<std::string>("tokenizer"));
  EXPECT_EQ(tokenizer->size(), golden.get<std::int64_t>("vocab_size_with_added"));
  Ids special;
  for (std::int64_t id = 0; id < tokenizer->size(); ++id) {
    if (tokenizer->is_special(id)) special.push_back(id);
  }
  EXPECT_EQ(special, golden.get<Ids>("special_ids"));

  const JsonView strings = golden.at("strings");
  const JsonView decode_only = golden.at("decode_only");
  ASSERT_GT(strings.size() + decode_only.size(), 0u);
  for (std::size_t i = 0; i < strings.size(); ++i) {
    const std::string text = strings.at(i).get<std::string>("text");
    SCOPED_TRACE(text);
    EXPECT_EQ(tokenizer->encode(text), strings.at(i).get<Ids>("ids"));
    check_decoded(*tokenizer, strings.at(i));
  }
  for (std::size_t i = 0; i < decode_only.size(); ++i) {
    SCOPED_TRACE(decode_only.at(i).where());
    check_decoded(*tokenizer, decode_only.at(i));
  }
}

TEST(Bpe, MatchesGoldens) {
  const Json manifest = load_json(data_path("parity/manifest.json"));
  const auto paths = JsonView(manifest, "manifest").get<std::vector<std::string>>("tokenizer");
  ASSERT_FALSE(paths.empty());
  for (const std::string& path : paths) {
    SCOPED_TRACE(path);
    check_golden(path);
  }
}

TEST(Bpe, PieceAndIdAreInverse) {
  const auto tokenizer = load_tokenizer(test::small_model_folder());
  for (std::int64_t id = 0; id < tokenizer->size(); ++id) {
    EXPECT_EQ(tokenizer->id_of(tokenizer->piece(id)), id);
  }
  EXPECT_EQ(tokenizer->id_of("no such token"), std::nullopt);
}

TEST(Bpe, EncodeIsUndoneByDecode) {
  const auto tokenizer = load_tokenizer(test::small_model_folder());
  for (const std::string& text : test::sample_texts()) {
    EXPECT_EQ(tokenizer->decode(tokenizer->encode(text), false), nfc(text));
  }
}

TEST(Bpe, IdsWithoutTokenAreVisible) {
  const auto tokenizer = load_tokenizer(test::small_model_folder());
  const std::string mark = kReplacementCharacter;
  const Ids ids = {*tokenizer->id_of("a"), tokenizer->size(), -200, *tokenizer->id_of("b")};
  EXPECT_EQ(tokenizer->decode(ids, true), "a" + mark + mark + "b");
  EXPECT_EQ(tokenizer->piece(tokenizer->size() + 7), mark);
  EXPECT_FALSE(tokenizer->is_special(-300));
}

TEST(Bpe, TextMustBeUtf8) {
  const auto tokenizer = load_tokenizer(test::small_model_folder());
  EXPECT_TRUE(fails_with([&] { tokenizer->encode("a\xC3"); }, ErrorCode::kInvalidArgument,
                         "byte 195 at offset 1"));
}

TEST(Bpe, AMegabyteInOneWord) {
  const auto tokenizer = load_tokenizer(test::small_model_folder());
  const std::string text(1'000'000, 'x');
  EXPECT_EQ(tokenizer->decode(tokenizer->encode(text), false), text);
}

TEST(Bpe, ThreadsShareATokenizer) {
  const auto tokenizer = load_tokenizer(test::small_model_folder());
  const auto encode_all = [&] {
    std::vector<Ids> all;
    for (const std::string& text : test::sample_texts()) all.push_back(tokenizer->encode(text));
    return all;
  };
  std::vector<std::future<std::vector<Ids>>> threads;
  for (int i = 0; i < 4; ++i) threads.push_back(std::async(std::launch::async, encode_all));
  for (auto& thread : threads) EXPECT_EQ(thread.get(), encode_all());
}

TEST(Bpe, MergesByRank) {
  const auto tokenizer =
      load_tokenizer(test::write_tiny_bpe({"abc", {"b c", "a b", "ab c"}, {}, {}, {}}));
  EXPECT_THAT(tokenizer->encode("abc"), ElementsAre(0, 3));
  EXPECT_THAT(tokenizer->encode("abab"), ElementsAre(4, 4));
  EXPECT_EQ(tokenizer->size(), 6);
}

TEST(Bpe, SpellsBytes) {
  const auto tokenizer = load_tokenizer(test::write_tiny_bpe({"aĠĊ¶Ã", {"Ġ a"}, {}, {}, {}}));
  EXPECT_THAT(tokenizer->encode(" a\n"), ElementsAre(5, 2));
  EXPECT_THAT(tokenizer->encode("ö"), ElementsAre(4, 3));
  EXPECT_EQ(tokenizer->id_of(" a"), 5);
  EXPECT_TRUE(fails_with([&] { tokenizer->encode("b"); }, ErrorCode::kCorruptFile,
                         "vocab.json: no piece for byte 98"));
}

TEST(Bpe, AddedTokensAreSoughtInNormalisedText) {
  const Json added = {{"<\xC3\xA9>", 9}};
  const auto tokenizer = load_tokenizer(test::write_tiny_bpe({"a", {}, {}, added, {}}));
  EXPECT_THAT(tokenizer->encode("a<e\xCC\x81>a"), ElementsAre(0, 9, 0));
  EXPECT_EQ(tokenizer->size(), 10);
  EXPECT_EQ(tokenizer->piece(5), kReplacementCharacter);
}

TEST(Bpe, HiddenTokensDoNotSplitCharacters) {
  const Json added = {{"<s>", 9}, {"<t>", 10}};
  const Json special = {{"eos_token", "<s>"}};
  const auto tokenizer = load_tokenizer(test::write_tiny_bpe({"¶Ã", {}, {}, added, special}));
  const std::string mark = kReplacementCharacter;
  EXPECT_EQ(tokenizer->decode(Ids{1, 9, 0}, true), "ö");
  EXPECT_EQ(tokenizer->decode(Ids{1, 9, 0}, false), mark + "<s>" + mark);
  EXPECT_EQ(tokenizer->decode(Ids{1, 10, 0}, true), mark + "<t>" + mark);
}

// The message must name both the file and the fault.
testing::AssertionResult rejects(const std::string& name, const std::string& content,
                                 const std::string& fault) {
  const std::string folder = test::write_tiny_bpe({"ab", {"a b"}, {}, {}, {}});
  write_file(join_path(folder, name), content);
  return fails_with([&] { load_tokenizer(folder); }, ErrorCode::kCorruptFile, name + fault);
}

TEST(BpeFiles, ErrorsNameFileAndLine) {
  EXPECT_TRUE(rejects("vocab.json", "{", ": not valid JSON"));
  EXPECT_TRUE(rejects("vocab.json", "[]", ": expected an object of pieces"));
  EXPECT_TRUE(rejects("vocab.json", "{}", ": expected an object of pieces"));
  EXPECT_TRUE(rejects("vocab.json", R"({"a": -1})", ": a: expected a token id from 0"));
  EXPECT_TRUE(rejects("vocab.json", R"({"a": 1.5})", ": a: expected a token id from 0"));
  EXPECT_TRUE(rejects("vocab.json", R"({"a": 1, "b": 1})", ": id 1 belongs to two pieces"));
  EXPECT_TRUE(rejects("vocab.json", R"({"a": 2147483646})", ": 1 pieces, but an id of 2147483646"));
  EXPECT_TRUE(
      rejects("merges.txt", "#version: 0.2\na b c\n", ":2: expected two pieces in \"a b c\""));
  EXPECT_TRUE(rejects("merges.txt", "a b\n\nb\n", ":3: expected two pieces in \"b\""));
  EXPECT_TRUE(rejects("merges.txt", "a x\n", ":1: no id for piece \"x\""));
  EXPECT_TRUE(rejects("merges.txt", "b a\n", ":1: no id for piece \"ba\""));
  EXPECT_TRUE(rejects("tokenizer_config.json", "?", ": not valid JSON"));
}

TEST(BpeFiles, BlankLinesAndCarriageReturnsAreFine) {
  const std::string folder = test::write_tiny_bpe({"ab", {"a b"}, {}, {}, {}});
  write_file(join_path(folder, "merges.txt"), "#version: 0.2\r\n\r\n  a b \r\n");
  EXPECT_THAT(load_tokenizer(folder)->encode("ab"), ElementsAre(2));
}

TEST(LoadTokenizer, SaysWhatIsMissing) {
  const std::string folder = test::scratch_folder();
  EXPECT_TRUE(fails_with([&] { load_tokenizer(folder); }, ErrorCode::kNotFound,
                         folder +
                             ": no tokenizer: byte-level BPE is missing vocab.json merges.txt; "
                             "SentencePiece is missing tokenizer.model"));
  write_file(join_path(folder, "vocab.json"), "{}");
  EXPECT_TRUE(fails_with([&] { load_tokenizer(folder); }, ErrorCode::kNotFound,
                         "byte-level BPE is missing merges.txt"));
  EXPECT_TRUE(fails_with([&] { load_tokenizer(join_path(folder, "none")); }, ErrorCode::kNotFound,
                         "is not a folder"));
}

}  // namespace
}  // namespace fo1
