#include "image/boxes.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "image/size_rules.h"
#include "support/errors.h"
#include "support/golden.h"

namespace fo1 {
namespace {

using test::fails_with;

std::vector<Box> boxes_from(const Json& list) {
  std::vector<Box> boxes;
  for (const Json& box : list) boxes.push_back({box[0], box[1], box[2], box[3]});
  return boxes;
}

Json to_json(const std::vector<Box>& boxes) {
  Json list = Json::array();
  for (const Box& box : boxes) list.push_back({box.x1, box.y1, box.x2, box.y2});
  return list;
}

Size size_from(const Json& width_height) {
  return {width_height[0], width_height[1]};
}

// Recorded in double: equal to the last bit.
TEST(Boxes, FollowThePictureAsTheReferencesDo) {
  const Json index = test::load_data("parity/image/index.json");
  ASSERT_FALSE(index["long_side_and_boxes"].empty());
  for (const Json& row : index["long_side_and_boxes"]) {
    const Size size = size_from(row["wh"]), resized = size_from(row["new_wh"]);
    EXPECT_EQ(limit_long_side(size), resized);
    const std::vector<Box> moved = scale_boxes(boxes_from(row["boxes"]), size, resized);
    EXPECT_EQ(to_json(moved), row["new_boxes"]);
    EXPECT_EQ(to_json(clip_and_scale_boxes(moved, resized, size_from(row["aux_wh"]))),
              row["aux_boxes"]);
  }
}

PreparedImage square_image() {
  PreparedImage image;
  image.file = image.loaded = image.resized = {100, 50};
  image.auxiliary = at::zeros({1, 3, 200, 200});
  image.primary.grid_w = 8;
  image.primary.grid_h = 4;
  return image;
}

TEST(Boxes, ReachBothEncoders) {
  const PreparedBoxes boxes = prepare_boxes({{10, 10, 20, 30}, {90, 40, 300, -5}}, square_image());
  const at::Tensor auxiliary = at::tensor({20., 40., 40., 120., 180., 160., 200., 0.}).view({2, 4});
  EXPECT_TRUE(at::equal(boxes.auxiliary, auxiliary.to(at::kFloat)));
  const at::Tensor scale = at::tensor({112. / 200, 56. / 200, 112. / 200, 56. / 200});
  EXPECT_TRUE(at::allclose(boxes.primary, (auxiliary * scale).to(at::kFloat)));
}

TEST(Boxes, NoneIsFine) {
  const PreparedBoxes boxes = prepare_boxes({}, square_image());
  EXPECT_EQ(boxes.auxiliary.sizes(), (std::vector<std::int64_t>{0, 4}));
  EXPECT_EQ(boxes.primary.sizes(), (std::vector<std::int64_t>{0, 4}));
}

TEST(Boxes, MustBeFinite) {
  const double nan = std::nan(""), infinity = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(fails_with(
      [&] {
        prepare_boxes({{}, {1, nan, 3, 4}}, square_image());
      },
      ErrorCode::kInvalidArgument, "boxes[1] is [1, nan, 3, 4]: expected finite numbers"));
  EXPECT_TRUE(fails_with(
      [&] {
        prepare_boxes({{1, 2, -infinity, 4}}, square_image());
      },
      ErrorCode::kInvalidArgument, "boxes[0] is [1, 2, -inf, 4]"));
}

TEST(Boxes, HugeNumbersAreClipped) {
  const PreparedBoxes boxes = prepare_boxes({{-1e308, -1e300, 1e308, 1e300}}, square_image());
  EXPECT_TRUE(at::equal(boxes.auxiliary, at::tensor({0.f, 0.f, 200.f, 200.f}).view({1, 4})));
}

}  // namespace
}  // namespace fo1
