// What the table of tokens begins with.
#include "train/word_table.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "support/data.h"

namespace fo1::train {
namespace {

TEST(WordTable, AWordWithASpaceBeforeItBeginsLikeTheWord) {
  const auto tokenizer = load_tokenizer(test::data_path("parity/tokenizer/full"));
  at::Tensor table = at::randn({tokenizer->size(), 64});
  begin_words(table, *tokenizer);
  EXPECT_TRUE(at::allclose(table.norm(2, -1), at::full({table.size(0)}, 0.8), 1e-4, 1e-4));
  const auto cosine = [&](const std::string& a, const std::string& b) {
    const auto row = [&](const std::string& word) {
      const auto id = tokenizer->id_of(word);
      EXPECT_TRUE(id) << word;
      return table[id.value_or(0)] / 0.8;
    };
    return row(a).dot(row(b)).item<double>();
  };
  EXPECT_GT(cosine(" the", "the"), 0.5);
  EXPECT_LT(cosine(" the", "in"), 0.5);
}

}  // namespace
}  // namespace fo1::train
