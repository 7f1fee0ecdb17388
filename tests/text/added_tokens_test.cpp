#include "text/added_tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files.h"
#include "support/data.h"
#include "support/errors.h"
#include "text/support.h"

namespace fo1 {
namespace {

using test::fails_with;
using testing::ElementsAre;

class TenWords : public Vocabulary {
 public:
  std::int64_t size() const override { return 10; }
  void encode(const std::string&, std::vector<std::int64_t>&) const override {}
  std::optional<std::int64_t> find(const std::string& piece) const override {
    if (piece == "known") return 3;
    return std::nullopt;
  }
  std::optional<std::string> piece(std::int64_t) const override { return "word"; }
};

AddedToken token(const std::string& content, const std::string& flags = "") {
  AddedToken added{content, std::nullopt};
  added.lstrip = flags.find('l') != std::string::npos;
  added.rstrip = flags.find('r') != std::string::npos;
  added.single_word = flags.find('w') != std::string::npos;
  return added;
}

// Segments, tokens in brackets.
std::vector<std::string> segments(const AddedTokens& tokens, const std::string& text) {
  std::vector<std::string> shown;
  for (const AddedTokens::Segment& segment : tokens.split(text)) {
    shown.push_back(segment.id ? "[" + segment.text + "]" : segment.text);
  }
  return shown;
}

TEST(AddedTokens, LongestTokenWins) {
  const AddedTokens tokens(
      {{token("<ab>"), token("<ab><cd>"), token("<ab><ef>gh"), token("<ef>")}, {}}, TenWords());
  EXPECT_THAT(segments(tokens, ""), ElementsAre());
  EXPECT_THAT(segments(tokens, "a b"), ElementsAre("a b"));
  EXPECT_THAT(segments(tokens, "<ab><cd>"), ElementsAre("[<ab><cd>]"));
  EXPECT_THAT(segments(tokens, "<ab><ef>g"), ElementsAre("[<ab>]", "[<ef>]", "g"));
  EXPECT_THAT(segments(tokens, "x<ab><ef>ghi"), ElementsAre("x", "[<ab><ef>gh]", "i"));
  EXPECT_THAT(segments(tokens, "<ab"), ElementsAre("<ab"));
  EXPECT_THAT(segments(tokens, "<<ab>><ab>"), ElementsAre("<", "[<ab>]", ">", "[<ab>]"));
}

TEST(AddedTokens, FlagsActAsInPython) {
  const AddedTokens tokens({{token("<l>", "l"), token("<r>", "r"), token("<w>", "w"),
                             token("<lw>", "lw"), token("<rw>", "rw"), token("<ab>")},
                            {}},
                           TenWords());
  const std::vector<std::pair<std::string, std::vector<std::string>>> cases = {
      {"a <l> b", {"a", "[<l>]", " b"}},
      {"a \n\u3000<l>b", {"a", "[<l>]", "b"}},
      {"a <r> \tb", {"a ", "[<r>]", "b"}},
      {"a<r> <l>b", {"a", "[<r>]", "[<l>]", "b"}},
      {" <l><r> ", {"[<l>]", "[<r>]"}},
      {"a<w>b", {"a<w>", "b"}},
      {"a <w>b", {"a ", "<w>b"}},
      {"a<w> b", {"a<w>", " b"}},
      {"a <w> b", {"a ", "[<w>]", " b"}},
      {"<w>", {"[<w>]"}},
      {"<w> a", {"[<w>]", " a"}},
      {"a <lw> b", {"a", "[<lw>]", " b"}},
      {"a <lw>b", {"a", "<lw>b"}},
      {"a <rw> b", {"a ", "[<rw>]", "b"}},
      {"x <rw><ab>", {"x ", "<rw><ab>"}},
      {"<w><w>", {"<w><w>"}},
      {"<ab> <w> <ab>", {"[<ab>]", " ", "[<w>]", " ", "[<ab>]"}},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(segments(tokens, text), expected) << text;
}

TEST(AddedTokens, FindFreeIds) {
  AddedToken given = token("<given>");
  given.id = 20;
  const AddedTokens tokens({{token("<new>"), given, token("known"), token("<newer>")}, {"<new>"}},
                           TenWords());
  EXPECT_EQ(tokens.find("<given>"), 20);
  EXPECT_EQ(tokens.find("known"), 3);
  EXPECT_EQ(tokens.find("<new>"), 21);
  EXPECT_EQ(tokens.find("<newer>"), 22);
  EXPECT_EQ(tokens.find("<none>"), std::nullopt);
  EXPECT_EQ(tokens.size(), 23);
  EXPECT_EQ(*tokens.content(21), "<new>");
  EXPECT_EQ(tokens.content(4), nullptr);
  EXPECT_TRUE(tokens.is_special(21));
  EXPECT_FALSE(tokens.is_special(20));
}

std::vector<std::string> contents(const TokenFiles& files) {
  std::vector<std::string> names;
  for (const AddedToken& added : files.added) names.push_back(added.content);
  return names;
}

std::string folder_with(const std::vector<std::pair<std::string, Json>>& files) {
  const std::string folder = test::scratch_folder();
  for (const auto& [name, json] : files) write_file(join_path(folder, name), json.dump());
  return folder;
}

TEST(TokenFiles, RolesMakeSpecial) {
  const Json config = {{"added_tokens_decoder",
                        {{"7", {{"content", "<a>"}, {"lstrip", true}, {"special", true}}},
                         {"5", {{"content", "<b>"}, {"rstrip", true}, {"single_word", true}}}}},
                       {"eos_token", {{"content", "<b>"}}},
                       {"bos_token", nullptr},
                       {"additional_special_tokens", {"<c>", {{"content", "<d>"}}}}};
  const Json ignored = {{"additional_special_tokens", {"<a>"}}};
  const TokenFiles files = read_token_files(
      folder_with({{"tokenizer_config.json", config}, {"special_tokens_map.json", ignored}}));
  EXPECT_THAT(contents(files), ElementsAre("<b>", "<a>", "<c>", "<d>"));
  EXPECT_THAT(files.special, ElementsAre("<b>", "<c>", "<d>"));
  EXPECT_EQ(files.added[0].id, 5);
  EXPECT_TRUE(files.added[0].rstrip && files.added[0].single_word && !files.added[0].lstrip);
  EXPECT_TRUE(files.added[1].lstrip && !files.added[1].rstrip);
}

TEST(TokenFiles, OlderFormIsRead) {
  const TokenFiles files =
      read_token_files(folder_with({{"added_tokens.json", {{"<a>", 5}, {"<b>", 6}}},
                                    {"special_tokens_map.json", {{"pad_token", "<b>"}}}}));
  EXPECT_THAT(contents(files), ElementsAre("<a>", "<b>"));
  EXPECT_THAT(files.special, ElementsAre("<b>"));
  EXPECT_TRUE(read_token_files(test::scratch_folder()).added.empty());
}

TEST(TokenFiles, ErrorsNameThePlace) {
  const auto rejects = [](const std::string& name, const std::string& json,
                          const std::string& fault) {
    const std::string folder = test::scratch_folder();
    write_file(join_path(folder, name), json);
    return fails_with([&] { read_token_files(folder); }, ErrorCode::kCorruptFile, name + fault);
  };
  const auto decoder = [&](const std::string& tokens, const std::string& fault) {
    return rejects("tokenizer_config.json", R"({"added_tokens_decoder": )" + tokens + "}",
                   ": added_tokens_decoder" + fault);
  };
  EXPECT_TRUE(rejects("tokenizer_config.json", "[]", ": expected an object"));
  EXPECT_TRUE(decoder("3", ": expected an object"));
  EXPECT_TRUE(decoder(R"({"x": "<a>"})", ": x: expected a token id, got key \"x\""));
  EXPECT_TRUE(decoder(R"({"-1": "<a>"})", ": -1: expected a token id from 0"));
  EXPECT_TRUE(decoder(R"({"4294967296": "<a>"})", ": 4294967296: expected a token id from 0"));
  EXPECT_TRUE(decoder(R"({"1": {}})", ": 1: missing key \"content\""));
  EXPECT_TRUE(decoder(R"({"1": ""})", ": 1: a token without text"));
  EXPECT_TRUE(decoder(R"({"1": {"content": "<a>", "lstrip": 1}})", ": 1: lstrip: expected true"));
  EXPECT_TRUE(decoder(R"({"1": "<a>", "2": "<a>"})", ": \"<a>\" and \"<a>\" are the same"));
  EXPECT_TRUE(rejects("tokenizer_config.json", R"({"additional_special_tokens": 3})",
                      ": additional_special_tokens: expected a list, got \"3\""));
  EXPECT_TRUE(rejects("tokenizer_config.json", R"({"eos_token": 3})",
                      ": eos_token: expected a string, got \"3\""));
  EXPECT_TRUE(rejects("added_tokens.json", R"({"": 7})", ": a token without text"));
  EXPECT_TRUE(rejects("added_tokens.json", R"({"<a>": "7"})", ": <a>: expected an integer"));
  EXPECT_TRUE(rejects("added_tokens.json", R"({"<a>": 7, "<b>": 7})",
                      ": \"<b>\" and \"<a>\" are the same token or have the same id"));
  EXPECT_TRUE(rejects("special_tokens_map.json", "?", ": not valid JSON"));
}

}  // namespace
}  // namespace fo1
