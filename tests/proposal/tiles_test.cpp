#include "proposal/tiles.h"

#include <gtest/gtest.h>

namespace fo1 {
namespace {

TEST(TileRects, CoverThePictureAndOverlapEnough) {
  for (const Size picture : {Size{4000, 3000}, Size{1025, 1024}, Size{513, 90}, Size{33, 5000}}) {
    for (const double overlap : {0.0, 0.25, 0.9}) {
      const std::int64_t side = 512;
      const std::vector<TileRect> tiles = tile_rects(picture, side, overlap);
      ASSERT_FALSE(tiles.empty());
      EXPECT_EQ(tiles.front().left, 0);
      EXPECT_EQ(tiles.front().top, 0);
      EXPECT_EQ(tiles.back().left + tiles.back().size.width, picture.width);
      EXPECT_EQ(tiles.back().top + tiles.back().size.height, picture.height);
      for (std::size_t i = 1; i < tiles.size(); ++i) {
        if (tiles[i].top != tiles[i - 1].top) continue;
        const std::int64_t shared = tiles[i - 1].left + side - tiles[i].left;
        EXPECT_GE(shared + 1, static_cast<std::int64_t>(overlap * side)) << picture.width;
      }
    }
  }
}

TEST(TileRects, NoneForAPictureThatFitsIntoOne) {
  EXPECT_TRUE(tile_rects({512, 100}, 512, 0.25).empty());
}

TEST(IsCut, OnlyByEdgesInsideThePicture) {
  const TileRect first{0, 0, {100, 100}}, second{80, 0, {100, 100}};
  const Size picture{180, 100};
  const float at_left[4] = {0, 20, 30, 40}, at_right[4] = {70, 20, 100, 40},
              inside[4] = {20, 0, 30, 100};
  EXPECT_FALSE(is_cut(first, picture, at_left));
  EXPECT_TRUE(is_cut(first, picture, at_right));
  EXPECT_TRUE(is_cut(second, picture, at_left));
  EXPECT_FALSE(is_cut(second, picture, at_right));
  EXPECT_FALSE(is_cut(first, picture, inside));
}

}  // namespace
}  // namespace fo1
