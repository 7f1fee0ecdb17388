#include "train/lesson_sheet.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "base/error.h"
#include "connector/splice.h"
#include "language/positions.h"

namespace fo1::train {
namespace {

// How many tokens all begin with. The one before the first taught token is left to each, because
// the taught one is predicted at it.
std::size_t common_length(std::span<const Lesson> lessons) {
  std::size_t length = lessons.front().taught - 1;
  for (const Lesson& lesson : lessons) {
    length = std::min(length, lesson.taught - 1);
    const auto [first, other] = std::mismatch(
        lessons.front().ids.begin(),
        lessons.front().ids.begin() + static_cast<std::ptrdiff_t>(length), lesson.ids.begin());
    length = static_cast<std::size_t>(first - lessons.front().ids.begin());
  }
  return length;
}

void require_common_pictures(std::span<const Lesson> lessons, std::size_t common) {
  for (const Lesson& lesson : lessons) {
    for (const std::int64_t id : std::span(lesson.ids).subspan(common)) {
      if (id != kImagePlaceholder && id != kRegionPlaceholder) continue;
      fail(ErrorCode::kInvalidArgument, "lessons that are learnt together show different pictures");
    }
  }
}

at::Tensor where_to_look(const at::Tensor& owner) {  // [T], 0: common
  const at::Tensor column = owner.unsqueeze(0);
  const at::Tensor seen = column.eq(0).logical_or(column.eq(owner.unsqueeze(1)));
  return seen.tril();
}

}  // namespace

LessonSheet share_beginning(std::span<const Lesson> lessons, std::span<const Size> grids) {
  const std::size_t common = common_length(lessons);
  require_common_pictures(lessons, common);
  LessonSheet sheet;
  const auto begin = lessons.front().ids.begin();
  sheet.ids.assign(begin, begin + static_cast<std::ptrdiff_t>(common));
  const TokenPositions before = positions_of(segments_of(sheet.ids, grids));
  std::int64_t row = before.ids.size(1);
  std::vector<at::Tensor> positions = {before.ids};
  std::vector<at::Tensor> owners = {at::zeros({row}, at::kLong)};
  std::vector<std::int64_t> rows, targets;
  for (const Lesson& lesson : lessons) {
    const auto own = std::span(lesson.ids).subspan(common);
    const auto count = static_cast<std::int64_t>(own.size());
    for (std::size_t i = lesson.taught - common; i < own.size(); ++i) {
      rows.push_back(row + static_cast<std::int64_t>(i) - 1);
      targets.push_back(own[i]);
    }
    sheet.ids.insert(sheet.ids.end(), own.begin(), own.end());
    positions.push_back(at::arange(before.next, before.next + count).expand({3, count}));
    owners.push_back(at::full({count}, static_cast<std::int64_t>(owners.size()), at::kLong));
    row += count;
  }
  sheet.positions = at::cat(positions, 1);
  sheet.look = where_to_look(at::cat(owners));
  sheet.rows = at::tensor(rows, at::kLong);
  sheet.targets = at::tensor(targets, at::kLong);
  return sheet;
}

}  // namespace fo1::train
