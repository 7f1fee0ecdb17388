#include "image/size_rules.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/error.h"

namespace fo1 {
namespace {

constexpr std::int64_t kMinSide = 28;
constexpr std::int64_t kMaxSide = 2048;
constexpr std::int64_t kMaxAspectRatio = 200;
constexpr std::int64_t kSquareSides[] = {384, 448, 512,  576,  640,  704,  768, 832,
                                         896, 960, 1024, 1280, 1536, 1792, 2048};

// The nearest multiple, half to the even one.
std::int64_t round_to_multiple(std::int64_t value, std::int64_t factor) {
  const std::int64_t quotient = value / factor;
  const std::int64_t twice_rest = value % factor * 2;
  const bool up = twice_rest > factor || (twice_rest == factor && quotient % 2 == 1);
  return (quotient + up) * factor;
}

// A very thin picture within a small budget would lose its short side: one multiple is kept.
std::int64_t floor_to_multiple(double value, std::int64_t factor) {
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::floor(value / factor))) * factor;
}

std::int64_t ceil_to_multiple(double value, std::int64_t factor) {
  return static_cast<std::int64_t>(std::ceil(value / factor)) * factor;
}

void require_resizable(Size size, std::int64_t factor) {
  const auto [shorter, longer] = std::minmax(size.width, size.height);
  if (shorter < factor) {
    fail(ErrorCode::kUnsupported, "a picture of ", size.width, " x ", size.height,
         " pixels has a side under ", factor);
  }
  if (longer > shorter * kMaxAspectRatio) {
    fail(ErrorCode::kUnsupported, "a picture of ", size.width, " x ", size.height,
         " pixels is too thin: its sides may differ ", kMaxAspectRatio, " times at most");
  }
}

}  // namespace

Size enlarge_small_sides(Size size) {
  return {std::max(size.width, kMinSide), std::max(size.height, kMinSide)};
}

Size limit_long_side(Size size) {
  const std::int64_t longest = std::max(size.width, size.height);
  if (longest <= kMaxSide) return enlarge_small_sides(size);
  const double scale = static_cast<double>(kMaxSide) / static_cast<double>(longest);
  return enlarge_small_sides({static_cast<std::int64_t>(static_cast<double>(size.width) * scale),
                              static_cast<std::int64_t>(static_cast<double>(size.height) * scale)});
}

Size smart_resize(Size size, const PixelBudget& budget) {
  require_resizable(size, budget.factor);
  const Size rounded{round_to_multiple(size.width, budget.factor),
                     round_to_multiple(size.height, budget.factor)};
  const auto width = static_cast<double>(size.width);
  const auto height = static_cast<double>(size.height);
  if (rounded.width * rounded.height > budget.max_pixels) {
    const double shrink = std::sqrt(height * width / static_cast<double>(budget.max_pixels));
    return {floor_to_multiple(width / shrink, budget.factor),
            floor_to_multiple(height / shrink, budget.factor)};
  }
  if (rounded.width * rounded.height < budget.min_pixels) {
    const double grow = std::sqrt(static_cast<double>(budget.min_pixels) / (height * width));
    return {ceil_to_multiple(width * grow, budget.factor),
            ceil_to_multiple(height * grow, budget.factor)};
  }
  return rounded;
}

Size nearest_square(Size size) {
  const std::int64_t area = size.width * size.height;
  const auto distance = [area](std::int64_t side) { return std::abs(side * side - area); };
  const std::int64_t side =
      *std::min_element(std::begin(kSquareSides), std::end(kSquareSides),
                        [&](auto a, auto b) { return distance(a) < distance(b); });
  return {side, side};
}

}  // namespace fo1
