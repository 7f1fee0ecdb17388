// What the cells and boxes of a picture are to be called.
#include "train/naming.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace fo1::train {
namespace {

std::vector<std::int64_t> numbers(const at::Tensor& tensor) {
  const at::Tensor flat = tensor.contiguous();
  return {flat.data_ptr<std::int64_t>(), flat.data_ptr<std::int64_t>() + flat.numel()};
}

// A sign with a cat before it, and something without a category.
BoxSample sample() {
  return {
      "", {{0, 0, 30, 20}, {10, 0, 20, 10}, {31, 21, 34, 24}}, {"sign", "cat", ""}, {"NO", "", ""}};
}

TEST(Naming, KindsAndLettersHaveNumbers) {
  const NamingWords words({sample(), {"", {{0, 0, 1, 1}}, {"sign"}, {"longer than 16 bytes"}}});
  EXPECT_EQ(words.kinds(), 2);
  EXPECT_EQ(words.letters(), 2);
  EXPECT_EQ(words.kind("cat"), 1);
  EXPECT_EQ(words.kind("sign"), 2);
  EXPECT_EQ(words.kind(""), NamingWords::kUnknown);
  const std::int64_t none = NamingWords::kUnknown;
  EXPECT_EQ(words.spelt("NO"), (std::vector<std::int64_t>{1, 2, 0}));
  EXPECT_EQ(words.spelt("O"), (std::vector<std::int64_t>{2, 0, none}));
  EXPECT_EQ(words.spelt(""), (std::vector<std::int64_t>{none, none, none}));
  EXPECT_EQ(words.spelt("longer than 16 bytes"), words.spelt(""));
}

// The smallest box counts; one around no centre counts where it is; each thing weighs the same.
TEST(Naming, CellsAreCalledWhatIsThere) {
  const NamingWords words({sample()});
  const NamingTargets cells = name_cells(sample(), {40, 30}, {4, 3}, words);
  const std::int64_t none = NamingWords::kUnknown;
  EXPECT_EQ(numbers(cells.kinds),
            (std::vector<std::int64_t>{2, 1, 2, 0, 2, 2, 2, 0, 0, 0, 0, none}));
  EXPECT_EQ(numbers(cells.letters[0]), (std::vector<std::int64_t>{1, 2, 0}));
  EXPECT_EQ(numbers(cells.letters[1]), (std::vector<std::int64_t>{none, none, none}));
  EXPECT_FLOAT_EQ(cells.weights[0].item<float>(), 0.05F);  // the sign's five cells
  EXPECT_FLOAT_EQ(cells.weights[1].item<float>(), 0.25F);  // the cat's
  EXPECT_FLOAT_EQ(cells.weights[3].item<float>(), 0.05F);  // the five with nothing in them
  EXPECT_FLOAT_EQ(cells.weights.sum().item<float>(), 1);
}

// Two of its letters are in the first cell and one in the second; the sign's box is spelt as a
// whole.
TEST(Naming, LettersWithBoxesAreSpeltWhereTheyAre) {
  BoxSample written = sample();
  written.boxes.insert(written.boxes.end(), {{11, 12, 14, 18}, {5, 12, 9, 18}, {1, 12, 4, 18}});
  written.kinds.insert(written.kinds.end(), {"letter P", "letter O", "letter T"});
  written.texts = {"TOP", "", "", "P", "O", "T"};
  const NamingWords words({written});
  const std::int64_t none = NamingWords::kUnknown;
  const NamingTargets cells = name_cells(written, {40, 30}, {4, 3}, words);
  EXPECT_EQ(numbers(cells.letters[4]), words.spelt("TO"));
  EXPECT_EQ(numbers(cells.letters[5]), words.spelt("P"));
  EXPECT_EQ(numbers(cells.letters[0]), (std::vector<std::int64_t>{none, none, none, none}));
  const NamingTargets boxes = name_boxes(written, 0, words);
  EXPECT_EQ(numbers(boxes.letters[0]), words.spelt("TOP"));
  EXPECT_EQ(numbers(boxes.letters[3]), words.spelt(""));
  EXPECT_EQ(boxes.kinds[3].item<std::int64_t>(), words.kind("letter P"));
}

TEST(Naming, BoxesComeBeforeThoseOfNothing) {
  const NamingWords words({sample()});
  const NamingTargets boxes = name_boxes(sample(), 1, words);
  EXPECT_EQ(numbers(boxes.kinds), (std::vector<std::int64_t>{2, 1, NamingWords::kUnknown, 0}));
  const NamingTargets both = join({boxes, name_boxes(sample(), 0, words)});
  EXPECT_EQ(both.kinds.size(0), 7);
  EXPECT_FLOAT_EQ(both.weights[0].item<float>(), 0.125F);
  EXPECT_FLOAT_EQ(both.weights.sum().item<float>(), 1);
}

// What nothing is known of takes no part in the loss.
TEST(Naming, UnknownPlacesTeachNothing) {
  const NamingWords words({sample()});
  NamingHead head(8, words, at::TensorOptions());
  for (at::Tensor& weight : head->parameters()) weight.detach().normal_();
  const NamingTargets targets = name_boxes(sample(), 1, words);
  const at::Tensor tokens = at::randn({4, 8}).requires_grad_();
  const NamingLoss loss = head->loss(tokens, targets, at::eye(words.kinds(), 8));
  (loss.kinds + loss.letters).backward();
  const at::Tensor moved = tokens.grad().abs().sum(1);
  EXPECT_EQ(moved[2].item<float>(), 0);
  for (const int row : {0, 1, 3}) EXPECT_GT(moved[row].item<float>(), 0) << row;
}

// "b c" is between its words; what points there is told to be it.
TEST(Naming, KindsAreNearTheirNamesInTheTable) {
  const NameSpelling spelling{at::tensor(std::vector<std::int64_t>{2, 3, 1}, at::kLong),
                              at::tensor(std::vector<std::int64_t>{0, 1, 1}, at::kLong), 2};
  const at::Tensor table = 3 * at::eye(4, 8);
  const at::Tensor names = spelling.directions(table);
  const float half = std::sqrt(0.5F);
  EXPECT_TRUE(at::allclose(names[0], at::eye(4, 8)[2]));
  EXPECT_TRUE(at::allclose(names[1], half * (at::eye(4, 8)[1] + at::eye(4, 8)[3])));

  const NamingWords words({sample()});
  ASSERT_EQ(words.kinds(), 2);
  NamingHead head(8, words, at::TensorOptions());
  for (at::Tensor& weight : head->parameters()) weight.detach().zero_();
  const NamingTargets targets = name_boxes(sample(), 0, words);
  const at::Tensor right = at::stack({names[1], names[0], names[0]});
  EXPECT_EQ(head->loss(right, targets, names).right_kinds.item<float>(), 1);
  EXPECT_EQ(head->loss(right.roll(1, 0), targets, names).right_kinds.item<float>(), 0);
}

}  // namespace
}  // namespace fo1::train
