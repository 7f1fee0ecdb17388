#include "train/lesson_sheet.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

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

constexpr std::int64_t kFiller = -1;  // the owner of tokens that fill up a sheet
constexpr std::int64_t kWhole = 8;    // lengths that attention's fast kernels take without a copy

at::Tensor where_to_look(const at::Tensor& owner) {  // [S, T] -> [S, T, T]
  const at::Tensor column = owner.unsqueeze(1);
  return column.eq(0).logical_or(column.eq(owner.unsqueeze(2))).tril();
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
  std::vector<float> weights;
  for (const Lesson& lesson : lessons) {
    const auto own = std::span(lesson.ids).subspan(common);
    const auto count = static_cast<std::int64_t>(own.size());
    for (std::size_t i = lesson.taught - common; i < own.size(); ++i) {
      rows.push_back(row + static_cast<std::int64_t>(i) - 1);
      targets.push_back(own[i]);
    }
    const std::size_t said = targets.size() - weights.size();
    weights.resize(targets.size(), 1 / std::sqrt(static_cast<float>(said)));
    sheet.ids.insert(sheet.ids.end(), own.begin(), own.end());
    positions.push_back(at::arange(before.next, before.next + count).expand({3, count}));
    owners.push_back(at::full({count}, static_cast<std::int64_t>(owners.size()), at::kLong));
    row += count;
  }
  sheet.positions = at::cat(positions, 1);
  sheet.owner = at::cat(owners);
  sheet.rows = at::tensor(rows, at::kLong);
  sheet.targets = at::tensor(targets, at::kLong);
  sheet.weights = at::tensor(weights, at::kFloat);
  sheet.weights /= sheet.weights.sum();
  return sheet;
}

SheetBatch batch_of(const std::vector<const LessonSheet*>& sheets, at::Device device) {
  std::int64_t longest = 0;
  for (const LessonSheet* sheet : sheets) longest = std::max(longest, sheet->owner.size(0));
  longest = (longest + kWhole - 1) / kWhole * kWhole;
  const auto count = static_cast<std::int64_t>(sheets.size());
  std::vector<at::Tensor> owners, positions, rows, targets, weights;
  for (std::int64_t s = 0; s < count; ++s) {
    const LessonSheet& sheet = *sheets[static_cast<std::size_t>(s)];
    const std::int64_t length = sheet.owner.size(0);
    owners.push_back(at::constant_pad_nd(sheet.owner, {0, longest - length}, kFiller));
    positions.push_back(at::constant_pad_nd(sheet.positions, {0, longest - length}));
    rows.push_back(sheet.rows + s * longest);
    targets.push_back(sheet.targets);
    weights.push_back(sheet.weights / static_cast<double>(count));
  }
  const at::Tensor look = where_to_look(at::stack(owners).to(device));
  return {look.unsqueeze(1), at::stack(positions, 1).to(device), at::cat(rows).to(device),
          at::cat(targets).to(device), at::cat(weights).to(device)};
}

}  // namespace fo1::train
