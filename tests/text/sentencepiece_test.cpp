#include "text/sentencepiece.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sentencepiece_processor.h>

#include "base/files.h"
#include "support/data.h"
#include "support/errors.h"
#include "text/sentencepiece_models.h"
#include "text/stream_decoder.h"
#include "text/support.h"
#include "text/utf8.h"

namespace fo1 {
namespace {

using test::fails_with;
using test::Ids;
using test::train_sentencepiece;

using Options = std::map<std::string, std::string>;

Options usual_with(const Options& changes) {
  Options options = test::usual_options();
  for (const auto& [name, value] : changes) options[name] = value;
  return options;
}

// Every way in which models differ at the beginning of a text.
std::vector<Options> all_kinds() {
  std::vector<Options> kinds;
  for (const char* type : {"bpe", "unigram"}) {
    for (const char* prefix : {"true", "false"}) {
      for (const char* collapse : {"true", "false"}) {
        kinds.push_back(usual_with({{"model_type", type},
                                    {"add_dummy_prefix", prefix},
                                    {"remove_extra_whitespaces", collapse}}));
      }
    }
  }
  kinds.push_back(usual_with({{"byte_fallback", "false"}, {"vocab_size", "80"}}));
  kinds.push_back({{"model_type", "char"}, {"vocab_size", "40"}});
  return kinds;
}

struct Both {  // our tokenizer and the library on the same model
  explicit Both(const Options& options) : folder(train_sentencepiece(options)) {
    tokenizer = load_tokenizer(folder);
    library.LoadOrDie(join_path(folder, "tokenizer.model"));
  }
  std::string folder;
  std::unique_ptr<Tokenizer> tokenizer;
  sentencepiece::SentencePieceProcessor library;
};

void add_chat_tokens(const std::string& folder, std::int64_t size) {
  const Json config = {{"added_tokens_decoder",
                        {{std::to_string(size), {{"content", "<|im_start|>"}}},
                         {std::to_string(size + 1), {{"content", "<|im_end|>"}}}}},
                       {"eos_token", "<|im_end|>"}};
  write_file(join_path(folder, "tokenizer_config.json"), config.dump());
}

TEST(SentencePiece, EncodesAsTheLibrary) {
  for (const Options& options : all_kinds()) {
    const Both both(options);
    EXPECT_EQ(both.tokenizer->size(), both.library.GetPieceSize());
    for (const std::string& text : test::sample_texts()) {
      const std::vector<int> ids = both.library.EncodeAsIds(text);
      EXPECT_EQ(both.tokenizer->encode(text), Ids(ids.begin(), ids.end())) << text;
      EXPECT_EQ(both.tokenizer->decode(Ids(ids.begin(), ids.end()), true),
                both.library.DecodeIds(ids));
    }
  }
}

TEST(SentencePiece, DecodesAsTheLibrary) {
  test::Random random(5);
  for (const Options& options : all_kinds()) {
    const Both both(options);
    const int space = both.library.PieceToId("\xE2\x96\x81");
    for (int round = 0; round < 500; ++round) {
      Ids ids = test::random_ids(random, random.below(10), both.tokenizer->size());
      if (random.below(2)) ids.insert(ids.begin(), random.below(4), space);
      // Broken characters are replaced one by one there, as CPython does it here.
      const auto is_byte = [&](std::int64_t id) {
        return both.library.IsByte(static_cast<int>(id));
      };
      std::erase_if(ids, is_byte);
      EXPECT_EQ(both.tokenizer->decode(ids, true),
                both.library.DecodeIds(std::vector<int>(ids.begin(), ids.end())));
    }
  }
}

TEST(SentencePiece, ByteFallbackIsUndone) {
  const Both both(test::usual_options());
  for (const std::string& text : test::sample_texts()) {
    EXPECT_EQ(both.tokenizer->decode(both.tokenizer->encode(text), false), text);
  }
  const Ids half = {both.library.PieceToId("<0xE4>"), both.library.PieceToId("<0xBD>")};
  EXPECT_EQ(both.tokenizer->decode(half, false), kReplacementCharacter);
  EXPECT_EQ(both.tokenizer->piece(half[0]), "\xE4");
}

TEST(SentencePiece, UnknownCharactersShow) {
  const Both both(usual_with({{"byte_fallback", "false"}, {"vocab_size", "80"}}));
  const Ids ids = both.tokenizer->encode("a\xE2\x98\x83");
  EXPECT_EQ(ids.back(), both.library.unk_id());
  EXPECT_EQ(both.tokenizer->decode(ids, true), "a \xE2\x81\x87 ");
}

TEST(SentencePiece, UserSymbolsStayWhole) {
  const Both both(test::usual_options());
  const std::int64_t region = *both.tokenizer->id_of("<region0>");
  EXPECT_THAT(both.tokenizer->encode("the <region0>cat"), testing::Contains(region));
  EXPECT_FALSE(both.tokenizer->is_special(region));
}

TEST(SentencePiece, AddedTokensStayWhole) {
  const std::string folder = train_sentencepiece(test::usual_options());
  const std::int64_t size = load_tokenizer(folder)->size();
  const Ids plain = load_tokenizer(folder)->encode("the cat");
  add_chat_tokens(folder, size);
  const auto tokenizer = load_tokenizer(folder);
  EXPECT_EQ(tokenizer->size(), size + 2);
  EXPECT_EQ(tokenizer->id_of("<|im_end|>"), size + 1);

  const std::string text = "<|im_start|>the cat<|im_end|>";
  Ids expected = plain;
  expected.insert(expected.begin(), size);
  expected.push_back(size + 1);
  EXPECT_EQ(tokenizer->encode(text), expected);
  EXPECT_EQ(tokenizer->decode(expected, false), text);
  EXPECT_EQ(tokenizer->decode(expected, true), "<|im_start|>the cat");
  const std::string spaced = "<|im_start|> the<|im_end|>\n  <|im_start|>";
  EXPECT_EQ(tokenizer->decode(tokenizer->encode(spaced), false), spaced);
}

TEST(SentencePiece, ControlPiecesAreSpecial) {
  const Both both(test::usual_options());
  const std::int64_t end = both.library.eos_id();
  EXPECT_TRUE(both.tokenizer->is_special(end));
  EXPECT_EQ(both.tokenizer->decode(Ids{end}, true), "");
  EXPECT_EQ(both.tokenizer->decode(Ids{end}, false), "</s>");
  EXPECT_THAT(both.tokenizer->encode("</s>"), testing::Not(testing::Contains(end)));
}

TEST(SentencePiece, PieceAndIdAreInverse) {
  const Both both(usual_with({{"byte_fallback", "false"}, {"vocab_size", "80"}}));
  for (std::int64_t id = 0; id < both.tokenizer->size(); ++id) {
    if (id == both.library.unk_id()) continue;
    EXPECT_EQ(both.tokenizer->id_of(both.tokenizer->piece(id)), id);
  }
  EXPECT_EQ(both.tokenizer->id_of("no such piece"), std::nullopt);
}

TEST(SentencePiece, StreamIsDecoded) {
  test::Random random(6);
  for (const Options& options : all_kinds()) {
    const std::string folder = train_sentencepiece(options);
    add_chat_tokens(folder, load_tokenizer(folder)->size());
    const auto tokenizer = load_tokenizer(folder);
    for (int round = 0; round < 500; ++round) {
      const bool skip_special = round % 2 == 0;
      const Ids ids = test::random_ids(random, random.below(20), tokenizer->size() + 1);
      StreamDecoder stream(*tokenizer, skip_special);
      std::string joined;
      for (const std::int64_t id : ids) joined += stream.push(id);
      EXPECT_EQ(joined + stream.finish(), tokenizer->decode(ids, skip_special));
    }
  }
}

TEST(SentencePiece, BrokenModelsAreRefused) {
  const std::string folder = train_sentencepiece(test::usual_options());
  const std::string path = join_path(folder, "tokenizer.model");
  const std::string model = read_file(path);
  for (const std::string& broken :
       {std::string(), std::string("{}"), model.substr(0, model.size() / 2)}) {
    write_file(path, broken);
    EXPECT_TRUE(fails_with([&] { load_tokenizer(folder); }, ErrorCode::kCorruptFile,
                           "tokenizer.model: not a SentencePiece model"));
  }
  EXPECT_TRUE(fails_with([&] { load_sentencepiece(path + "x", folder); }, ErrorCode::kNotFound,
                         "tokenizer.modelx"));
}

}  // namespace
}  // namespace fo1
