// What the table of tokens begins with.
#include "train/word_table.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "support/data.h"

namespace fo1::train {
namespace {

class WordTable : public testing::Test {
 protected:
  void SetUp() override { begin_words(table_, *tokenizer_); }

  at::Tensor row(const std::string& word) const {
    const auto id = tokenizer_->id_of(word);
    EXPECT_TRUE(id) << word;
    return table_[id.value_or(0)] / 8;
  }

  double cosine(const std::string& a, const std::string& b) const {
    return row(a).dot(row(b)).item<double>();
  }

  std::shared_ptr<const Tokenizer> tokenizer_ =
      load_tokenizer(test::data_path("parity/model/VLM-FO1_Qwen2.5-VL-tiny-c"));
  at::Tensor table_ = at::randn({tokenizer_->size(), 64});
};

TEST_F(WordTable, RowsHaveOneLength) {
  EXPECT_TRUE(at::allclose(table_.norm(2, -1), at::full({table_.size(0)}, 8.0), 1e-4, 1e-4));
}

TEST_F(WordTable, AWordWithASpaceBeforeItBeginsLikeTheWord) {
  EXPECT_GT(cosine(" in", "in"), 0.8);
  EXPECT_LT(cosine(" in", "to"), 0.5);
}

TEST_F(WordTable, RegionsNamesAreInOrder) {
  std::vector<at::Tensor> rows;
  for (std::size_t i = 0; tokenizer_->id_of(cat("<region", i, ">")); ++i) {
    rows.push_back(row(cat("<region", i, ">")));
  }
  ASSERT_GE(rows.size(), 100u);
  double near = 0, far = 0;
  for (std::size_t i = 0; i + 50 < rows.size(); ++i) {
    near += rows[i].dot(rows[i + 1]).item<double>();
    far += rows[i].dot(rows[i + 50]).item<double>();
  }
  EXPECT_GT(near, far + 0.2 * static_cast<double>(rows.size() - 50));
}

}  // namespace
}  // namespace fo1::train
