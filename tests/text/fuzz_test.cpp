// Random damage to texts, ids and files: the answer is a result or an fo1::Error, never anything
// else. Meant for the sanitizer builds; fixed seeds and bounded rounds.
#include <gtest/gtest.h>

#include "base/files.h"
#include "fo1/error.h"
#include "support/data.h"
#include "text/clip_tokenizer.h"
#include "text/sentencepiece_models.h"
#include "text/support.h"
#include "text/utf8.h"

namespace fo1 {
namespace {

constexpr int kTextRounds = 3000;
constexpr int kFileRounds = 400;
constexpr int kModelRounds = 100;  // a model is larger

using test::data_path;
using test::Ids;

struct Outcomes {
  int good = 0, refused = 0;
};

template <class Action>
void attempt(Outcomes& outcomes, Action&& action) {
  try {
    action();
    ++outcomes.good;
  } catch (const Error& error) {
    EXPECT_NE(error.code(), ErrorCode::kInternal) << error.what();
    ++outcomes.refused;
  }
}

// Hands damaged texts, some of them no longer UTF-8, to `use`.
template <class Use>
void check_texts(Use&& use) {
  test::Random random(11);
  Outcomes outcomes;
  for (int round = 0; round < kTextRounds; ++round) {
    const std::string text =
        random.mutated(random.pick(test::sample_texts()) + random.pick(test::sample_texts()));
    attempt(outcomes, [&] { use(text); });
  }
  EXPECT_GT(outcomes.good, 100);
  EXPECT_GT(outcomes.refused, 100);
}

TEST(Fuzz, TextsThroughBpe) {
  const auto tokenizer = load_tokenizer(test::small_model_folder());
  check_texts([&](const std::string& text) {
    const std::string back = tokenizer->decode(tokenizer->encode(text), false);
    EXPECT_EQ(back, nfc(text));
  });
}

TEST(Fuzz, TextsThroughSentencePiece) {
  const auto tokenizer = load_tokenizer(test::train_sentencepiece(test::usual_options()));
  check_texts([&](const std::string& text) { tokenizer->decode(tokenizer->encode(text), false); });
}

TEST(Fuzz, TextsThroughClip) {
  const ClipTokenizer tokenizer = ClipTokenizer::load(data_path("clip_tokenizer"));
  check_texts([&](const std::string& text) {
    const Ids ids = tokenizer.encode(text, 16);
    EXPECT_LE(ids.size(), 16u);
    EXPECT_EQ(ids.front(), tokenizer.start());
    EXPECT_EQ(ids.back(), tokenizer.end());
  });
}

TEST(Fuzz, AnyIdsDecode) {
  const auto tokenizer = load_tokenizer(test::small_model_folder());
  test::Random random(12);
  for (int round = 0; round < kTextRounds; ++round) {
    Ids ids = test::random_ids(random, random.below(12), 2 * tokenizer->size());
    for (std::int64_t& id : ids) {
      if (random.below(8) == 0) id = -id - static_cast<std::int64_t>(random.below(3)) * INT32_MAX;
    }
    EXPECT_NO_THROW(require_utf8(tokenizer->decode(ids, round % 2 == 0)));
  }
}

// Damages one of the folder's files a little, loads the folder and uses it.
template <class Use>
void check_files(const std::string& folder, const std::vector<std::string>& names, int rounds,
                 Use&& load_and_use) {
  test::Random random(13);
  Outcomes outcomes;
  for (int round = 0; round < rounds; ++round) {
    const std::string path = join_path(folder, random.pick(names));
    const std::string original = read_file(path);
    write_file(path, random.mutated(original));
    attempt(outcomes, load_and_use);
    write_file(path, original);
  }
  EXPECT_GT(outcomes.good, rounds / 50);
  EXPECT_GT(outcomes.refused, rounds / 50);
}

void check_files(const std::string& folder, const std::vector<std::string>& names,
                 const std::string& text, int rounds = kFileRounds) {
  check_files(folder, names, rounds, [&] {
    const auto tokenizer = load_tokenizer(folder);
    tokenizer->decode(tokenizer->encode(text), true);
  });
}

test::TinyBpe small_files() {
  return {"ab<>|imend_sĠ",
          {"a b", "ab Ġ", "b a"},
          {{"added_tokens_decoder",
            {{"20", {{"content", "<s>"}, {"lstrip", true}}},
             {"21", {{"content", "<|im_end|>"}, {"single_word", true}}}}},
           {"eos_token", {{"content", "<s>"}}},
           {"additional_special_tokens", {"<|im_end|>", "<new>"}}},
          {{"<s>", 20}, {"<|im_end|>", 21}},
          {{"pad_token", "<s>"}}};
}

TEST(Fuzz, FilesOfBpe) {
  const std::vector<std::string> names = {"vocab.json", "merges.txt", "tokenizer_config.json"};
  check_files(test::write_tiny_bpe(small_files()), names, "ab <|im_end|>ba ab<s>");
}

TEST(Fuzz, OlderFilesOfBpe) {
  test::TinyBpe files = small_files();
  files.config = nullptr;
  check_files(test::write_tiny_bpe(files), {"added_tokens.json", "special_tokens_map.json"},
              "ab <|im_end|>ba ab<s>");
}

TEST(Fuzz, FilesOfClip) {
  const std::string folder = test::copy_of_clip_tokenizer();
  check_files(folder, {"vocab.json", "merges.txt", "tokenizer_config.json"}, kModelRounds, [&] {
    ClipTokenizer::load(folder).encode("a red circle, 2 cats<|endoftext|> caf\u00E9", 16);
  });
}

TEST(Fuzz, FilesOfSentencePiece) {
  auto options = test::usual_options();
  options["normalization_rule_name"] = "nmt_nfkc";  // a table of rules, easily damaged
  check_files(test::train_sentencepiece(options), {"tokenizer.model"},
              "the cat \u2460\uFF21 e\u0301", kModelRounds);
}

}  // namespace
}  // namespace fo1
