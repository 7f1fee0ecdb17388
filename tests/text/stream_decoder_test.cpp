#include "text/stream_decoder.h"

#include <gtest/gtest.h>

#include "text/support.h"
#include "text/utf8.h"

namespace fo1 {
namespace {

using test::Ids;

TEST(StreamDecoder, WaitsForWholeCharacters) {
  const auto tokenizer = load_tokenizer(test::write_tiny_bpe({"a¶Ã", {}, {}, {}, {}}));
  StreamDecoder stream(*tokenizer, false);
  EXPECT_EQ(stream.push(0), "a");
  EXPECT_EQ(stream.push(2), "");
  EXPECT_EQ(stream.push(1), "ö");
  EXPECT_EQ(stream.push(2), "");
  EXPECT_EQ(stream.push(0), std::string(kReplacementCharacter) + "a");
  EXPECT_EQ(stream.finish(), "");
  EXPECT_EQ(stream.push(2), "");
  EXPECT_EQ(stream.finish(), kReplacementCharacter);
  EXPECT_EQ(stream.push(1), kReplacementCharacter);
}

TEST(StreamDecoder, JoinedIsDecoded) {
  const auto tokenizer = load_tokenizer(test::small_model_folder());
  test::Random random(3);
  for (int round = 0; round < 2000; ++round) {
    const bool skip_special = round % 2 == 0;
    // Half of the ids are single bytes, so that characters are often broken.
    const std::int64_t limit = round % 3 == 0 ? 256 : tokenizer->size() + 2;
    const Ids ids = test::random_ids(random, random.below(20), limit);
    StreamDecoder stream(*tokenizer, skip_special);
    std::string joined;
    for (const std::int64_t id : ids) {
      const std::string text = stream.push(id);
      EXPECT_NO_THROW(require_utf8(text));
      joined += text;
    }
    EXPECT_EQ(joined + stream.finish(), tokenizer->decode(ids, skip_special));
  }
}

}  // namespace
}  // namespace fo1
