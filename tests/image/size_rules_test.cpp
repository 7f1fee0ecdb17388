#include "image/size_rules.h"

#include <gtest/gtest.h>

#include "image/print.h"
#include "support/errors.h"
#include "support/golden.h"

namespace fo1 {
namespace {

using test::fails_with;

TEST(SizeRules, SmallSidesBecome28) {
  EXPECT_EQ(enlarge_small_sides({20, 20}), (Size{28, 28}));
  EXPECT_EQ(enlarge_small_sides({64, 17}), (Size{64, 28}));
  EXPECT_EQ(enlarge_small_sides({28, 500}), (Size{28, 500}));
}

TEST(SizeRules, LongSidesBecome2048) {
  EXPECT_EQ(limit_long_side({2048, 2048}), (Size{2048, 2048}));
  EXPECT_EQ(limit_long_side({2300, 180}), (Size{2048, 160}));
  EXPECT_EQ(limit_long_side({28, 1 << 20}), (Size{28, 2048}));
}

// The recorded result: [height, width], or the text of the refusal.
void check_smart_resize(const Json& row) {
  const Size size{row["hw"][1], row["hw"][0]};
  const PixelBudget budget{28, row["min_pixels"], row["max_pixels"]};
  const Json& result = row["result_hw"];
  if (result.is_array()) {
    EXPECT_EQ(smart_resize(size, budget), (Size{result[1], result[0]})) << row;
    return;
  }
  const bool is_thin = result.get<std::string>().find("aspect ratio") != std::string::npos;
  EXPECT_TRUE(fails_with([&] { smart_resize(size, budget); }, ErrorCode::kUnsupported,
                         is_thin ? "is too thin" : "has a side under 28"))
      << row;
}

TEST(SizeRules, SmartResizeIsTheReferences) {
  const Json index = test::load_data("parity/image/index.json");
  ASSERT_FALSE(index["smart_resize"].empty());
  for (const Json& row : index["smart_resize"]) check_smart_resize(row);
}

TEST(SizeRules, SmartResizeKeepsAShortSide) {
  EXPECT_EQ(smart_resize({28, 5600}, {28, 784, 1568}), (Size{28, 560}));
}

TEST(SizeRules, SquareOfNearestArea) {
  EXPECT_EQ(nearest_square({28, 28}), (Size{384, 384}));
  EXPECT_EQ(nearest_square({416, 416}), (Size{384, 384}));
  EXPECT_EQ(nearest_square({418, 418}), (Size{448, 448}));
  EXPECT_EQ(nearest_square({2048, 2048}), (Size{2048, 2048}));
  // 384^2 and 448^2 are equally far from this area: the first wins.
  EXPECT_EQ(nearest_square({2, (384 * 384 + 448 * 448) / 4}), (Size{384, 384}));
}

}  // namespace
}  // namespace fo1
