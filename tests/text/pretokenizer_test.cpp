#include "text/pretokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fo1 {
namespace {

using testing::ElementsAre;

std::vector<std::string> words(const std::string& text, const std::string& word = qwen2_word()) {
  const Pretokenizer pretokenizer(word);
  std::vector<std::string> found;
  pretokenizer.split(text, [&](std::string_view word) { found.emplace_back(word); });
  return found;
}

TEST(Pretokenizer, CutsWords) {
  EXPECT_THAT(words(""), ElementsAre());
  EXPECT_THAT(words("Hello world"), ElementsAre("Hello", " world"));
  EXPECT_THAT(words("I'LL we've don't"), ElementsAre("I", "'LL", " we", "'ve", " don", "'t"));
  EXPECT_THAT(words("a1b22"), ElementsAre("a", "1", "b", "2", "2"));
  EXPECT_THAT(words("x  y"), ElementsAre("x", " ", " y"));
  EXPECT_THAT(words("x  \n\n  y "), ElementsAre("x", "  \n\n", " ", " y", " "));
  EXPECT_THAT(words("(a)!?\r\n\r\nb"), ElementsAre("(a", ")!?\r\n\r\n", "b"));
  EXPECT_THAT(words(".a <region0>"), ElementsAre(".a", " <", "region", "0", ">"));
}

TEST(Pretokenizer, KnowsUnicode) {
  EXPECT_THAT(words("检测 cafés"), ElementsAre("检测", " cafés"));
  EXPECT_THAT(words("x² Ⅷ"), ElementsAre("x", "²", " ", "Ⅷ"));
  EXPECT_THAT(words("a\u3000b"), ElementsAre("a", "\u3000b"));
  EXPECT_THAT(words("'\u017F"), ElementsAre("'\u017F"));    // long s folds to s
  EXPECT_THAT(words("!\u180E!"), ElementsAre("!\u180E!"));  // no space since Unicode 6.3
}

TEST(Pretokenizer, KnowsNewUnicode) {
  EXPECT_THAT(words("a\U00031350\U00013460."), ElementsAre("a\U00031350\U00013460", "."));
  EXPECT_THAT(words("a\U00011F50b"), ElementsAre("a", "\U00011F50", "b"));
}

TEST(Pretokenizer, CutsWordsOfClip) {
  const auto clip_words = [](const std::string& text) { return words(text, clip_word()); };
  EXPECT_THAT(clip_words(""), ElementsAre());
  EXPECT_THAT(clip_words(" \n\u3000 "), ElementsAre());
  EXPECT_THAT(clip_words(" hello  world\t"), ElementsAre("hello", "world"));
  EXPECT_THAT(clip_words("it's !'s ''s"), ElementsAre("it", "'s", "!'", "s", "''", "s"));
  EXPECT_THAT(clip_words("a12.,b"), ElementsAre("a", "1", "2", ".,", "b"));
  EXPECT_THAT(clip_words("'\u017F"), ElementsAre("'", "\u017F"));  // case is not folded
  EXPECT_THAT(clip_words("a\U00031350 \U00011F50"), ElementsAre("a\U00031350", "\U00011F50"));
}

TEST(Pretokenizer, TakesEndlessRuns) {
  constexpr std::size_t kMany = 2'000'000;
  EXPECT_THAT(words(std::string(kMany, ' ') + "x"), ElementsAre(std::string(kMany - 1, ' '), " x"));
  EXPECT_THAT(words(std::string(kMany, 'x')), ElementsAre(std::string(kMany, 'x')));
  EXPECT_THAT(words(std::string(kMany, '\n')), ElementsAre(std::string(kMany, '\n')));
  EXPECT_THAT(words(std::string(kMany, '#')), ElementsAre(std::string(kMany, '#')));
}

}  // namespace
}  // namespace fo1
