#include "train/lesson_sheet.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

#include "connector/splice.h"
#include "language/positions.h"
#include "language/qwen.h"
#include "support/errors.h"
#include "train/random_weights.h"

namespace fo1::train {
namespace {

constexpr std::int64_t kDim = 16;
const Size kGrid = {3, 2};

LanguageConfig small_config() {
  LanguageConfig config;
  config.vocabulary = 20;
  config.dim = kDim;
  config.hidden = 24;
  config.layers = 2;
  config.heads = 2;
  config.kv_heads = 1;
  config.head_dim = 8;
  config.rope_sections = {1, 1, 2};
  return config;
}

// Words, a picture, a region, then what differs; the last `said` tokens are taught.
Lesson lesson(std::vector<std::int64_t> own, std::size_t said) {
  Lesson lesson{{1, 2, kImagePlaceholder, 3, kRegionPlaceholder}, 0, {1}};
  lesson.ids.insert(lesson.ids.end(), own.begin(), own.end());
  lesson.taught = lesson.ids.size() - said;
  return lesson;
}

class LessonSheets : public testing::Test {
 protected:
  LessonSheets() : model_(small_config(), at::TensorOptions()) {
    random_weights(*model_, 3);
    image_ = at::randn({kGrid.width * kGrid.height, kDim}, at::kFloat);
    region_ = at::randn({1, kDim}, at::kFloat);
  }

  at::Tensor rows_of(std::span<const std::int64_t> ids) {
    const at::Tensor words = model_->embed(at::tensor(text_ids(ids), at::kLong));
    return splice(segments_of(ids, std::span(&kGrid, 1)), words, std::span(&image_, 1), region_);
  }
  // States after which the taught tokens are said, by the model's own way of reading.
  at::Tensor alone(const Lesson& lesson) {
    const TokenPositions positions = positions_of(segments_of(lesson.ids, std::span(&kGrid, 1)));
    const at::Tensor hidden =
        model_->forward(rows_of(lesson.ids), positions.ids, nullptr, Control::unlimited());
    const auto said = static_cast<std::int64_t>(lesson.ids.size() - lesson.taught);
    return hidden.narrow(0, hidden.size(0) - said - 1, said);
  }
  at::Tensor together(const LessonSheet& sheet) {
    const SheetBatch batch = batch_of({&sheet}, at::kCPU);
    const at::Tensor rows = rows_of(sheet.ids);
    const at::Tensor filled =
        at::constant_pad_nd(rows, {0, 0, 0, batch.look.size(-1) - rows.size(0)}).unsqueeze(0);
    return model_->forward(filled, batch.positions, nullptr, Control::unlimited(), batch.look)
        .squeeze(0)
        .index_select(0, batch.rows);
  }

  Qwen model_;
  at::Tensor image_, region_;
};

TEST_F(LessonSheets, EachLessonStandsAlone) {
  const std::vector<Lesson> lessons = {lesson({4, 5, 6, 7}, 2), lesson({4, 5, 8, 9, 10, 11}, 3),
                                       lesson({4, 12}, 1)};
  const LessonSheet sheet = share_beginning(lessons, std::span(&kGrid, 1));
  std::vector<at::Tensor> expected, targets;
  for (const Lesson& one : lessons) {
    expected.push_back(alone(one));
    targets.push_back(at::tensor(std::vector<std::int64_t>(
        one.ids.begin() + static_cast<std::ptrdiff_t>(one.taught), one.ids.end())));
  }
  EXPECT_TRUE(at::allclose(together(sheet), at::cat(expected), 1e-5, 1e-5));
  EXPECT_TRUE(sheet.targets.equal(at::cat(targets)));
  std::vector<at::Tensor> weights;
  for (const at::Tensor& answer : targets) {
    weights.push_back(at::ones(answer.sizes()) / std::sqrt(answer.size(0)));
  }
  EXPECT_TRUE(at::allclose(sheet.weights, at::cat(weights) / at::cat(weights).sum()));
  // 4 words, 6 cells, 1 region are shared, but not token 4, which the third lesson answers at.
  EXPECT_EQ(sheet.owner.size(0), 1 + 1 + 6 + 1 + 1 + 4 + 6 + 2);
}

TEST_F(LessonSheets, ASingleLessonIsReadAsItIs) {
  const Lesson one = lesson({4, 5, 6, 7}, 2);
  const LessonSheet sheet = share_beginning(std::span(&one, 1), std::span(&kGrid, 1));
  EXPECT_EQ(sheet.ids, one.ids);
  EXPECT_TRUE(sheet.owner.slice(0, 0, -3).eq(0).all().item<bool>());
  EXPECT_TRUE(at::allclose(together(sheet), alone(one), 1e-5, 1e-5));
}

TEST_F(LessonSheets, LessonsAboutDifferentPicturesAreRefused) {
  Lesson other = lesson({4, 5}, 1);
  other.ids[0] = 17;  // before the picture
  const std::vector<Lesson> lessons = {lesson({4, 5}, 1), other};
  EXPECT_TRUE(test::fails_with([&] { share_beginning(lessons, std::span(&kGrid, 1)); },
                               ErrorCode::kInvalidArgument, "show different pictures"));
}

}  // namespace
}  // namespace fo1::train
