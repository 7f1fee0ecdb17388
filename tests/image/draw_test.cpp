#include "image/draw.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <set>

#include "base/files.h"
#include "image/label_font.h"
#include "image/label_layout.h"
#include "image/palette.h"
#include "image/print.h"
#include "support/data.h"
#include "support/errors.h"

namespace fo1 {
namespace {

using test::fails_with;

Image grey_image(int width, int height) {
  const std::vector<std::uint8_t> pixels(static_cast<std::size_t>(width) * height, 120);
  return Image::from_pixels({pixels.data(), width, height, 0, PixelFormat::kGrey});
}

Colour pixel(const RgbImage& image, std::int64_t x, std::int64_t y) {
  const std::uint8_t* at = image.pixels.get() + (y * image.size.width + x) * 3;
  return {at[0], at[1], at[2]};
}

bool overlap(const Box& a, const Box& b) {
  return a.x1 < b.x2 && b.x1 < a.x2 && a.y1 < b.y2 && b.y1 < a.y2;
}

// --- colours ---

TEST(Palette, LabelsThatMeetInAPictureDiffer) {
  std::vector<std::string> labels;
  for (int i = 0; i < 16; ++i) labels.push_back("label " + std::to_string(i));
  std::set<Colour> different;
  for (const auto& [label, colour] : label_colours(labels)) different.insert(colour);
  EXPECT_EQ(different.size(), 16u);
  labels.push_back("one more");
  EXPECT_EQ(label_colours(labels).size(), 17u);
}

TEST(Palette, ALabelKeepsItsColourAcrossPictures) {
  const Colour colour = label_colours({"orange"}).at("orange");
  EXPECT_EQ(label_colours({"orange", "apple", "orange", "pear"}).at("orange"), colour);
}

TEST(Palette, TextCanBeRead) {
  EXPECT_EQ(text_colour({255, 215, 0}), (Colour{0, 0, 0}));
  EXPECT_EQ(text_colour({128, 0, 0}), (Colour{255, 255, 255}));
}

// --- places ---

TEST(LabelLayout, ALabelStandsOnItsBoxWhereThereIsRoom) {
  const auto places = place_labels({{50, 60, 90, 95}}, {{30, 12}}, {200, 100});
  ASSERT_TRUE(places[0]);
  EXPECT_EQ(places[0]->x1, 50);
  EXPECT_EQ(places[0]->y2, 60);
}

TEST(LabelLayout, LabelsStayInsideAndApartAndHideLittle) {
  std::vector<Box> boxes;
  for (int y = 0; y < 6; ++y) {
    for (int x = 0; x < 8; ++x) boxes.push_back({x * 50., y * 50., x * 50. + 35, y * 50. + 38});
  }
  const Size canvas{400, 300};
  const auto places = place_labels(boxes, std::vector<Size>(boxes.size(), {48, 12}), canvas);
  int placed = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (!places[i]) continue;
    ++placed;
    EXPECT_TRUE(places[i]->x1 >= 0 && places[i]->y1 >= 0 && places[i]->x2 <= 400 &&
                places[i]->y2 <= 300);
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_FALSE(places[j] && overlap(*places[i], *places[j])) << i << " and " << j;
    }
  }
  EXPECT_GE(placed, 40);  // the gaps between the rows have room for all but the edges
}

TEST(LabelLayout, NoPlaceIsBetterThanHidingEverything) {
  const std::vector<Box> boxes = {
      {0, 0, 20, 20}, {20, 0, 40, 20}, {0, 20, 20, 40}, {20, 20, 40, 40}};
  const auto places = place_labels(boxes, std::vector<Size>(4, {40, 16}), {40, 40});
  for (const auto& place : places) EXPECT_FALSE(place.has_value());
}

// --- pictures ---

TEST(Draw, SmallPicturesAreEnlarged) {
  EXPECT_EQ(drawing_scale({20, 20}), 20);
  EXPECT_EQ(drawing_scale({399, 500}), 2);
  EXPECT_EQ(drawing_scale({400, 500}), 1);
  EXPECT_EQ(drawing_scale({900, 40}), 2);  // held back by the long side
  EXPECT_EQ(drawing_scale({3000, 40}), 1);
  EXPECT_EQ(draw_items(grey_image(100, 150), {}).size, (Size{400, 600}));
}

TEST(Draw, OutlinesAreInTheLabelsColourAndLeaveTheInside) {
  const RgbImage picture = draw_items(grey_image(400, 400), {{{100, 100, 300, 200}, "cat", {}}});
  const Colour colour = label_colours({"cat"}).at("cat");
  for (const auto& [x, y] : {std::pair{100, 150}, {300, 150}, {200, 200}, {101, 150}}) {
    EXPECT_EQ(pixel(picture, x, y), colour) << x << ", " << y;
  }
  EXPECT_EQ(pixel(picture, 200, 150), (Colour{120, 120, 120}));
  EXPECT_EQ(pixel(picture, 50, 300), (Colour{120, 120, 120}));
}

TEST(Draw, SmallBoxesGetThinOutlines) {
  const RgbImage picture = draw_items(
      grey_image(1300, 1300), {{{100, 100, 110, 110}, "", {}}, {{300, 300, 900, 900}, "", {}}});
  const Colour grey{120, 120, 120};
  EXPECT_NE(pixel(picture, 100, 105), grey);
  EXPECT_EQ(pixel(picture, 101, 105), grey);
  EXPECT_NE(pixel(picture, 303, 600), grey);
  EXPECT_EQ(pixel(picture, 304, 600), grey);
}

TEST(Draw, BoxesOutsideAndReversedOnesAreDrawnAsFarAsTheyGo) {
  EXPECT_NO_THROW(draw_items(grey_image(400, 400), {{{-1e9, -50, 1e9, 2e300}, "a", 0.5},
                                                    {{300, 200, 100, 100}, "b", {}},
                                                    {{7, 7, 7, 7}, "c", {}}}));
}

std::vector<DrawnItem> many_items() {
  std::vector<DrawnItem> items;
  for (int i = 0; i < 100; ++i) {
    const double x = i % 10 * 40, y = i / 10 * 40;
    items.push_back({{x, y, x + 38, y + 38}, i % 2 ? "first of two labels" : "second label", 0.5});
  }
  return items;
}

TEST(Draw, ACrowdedPictureGetsALegend) {
  const RgbImage picture = draw_items(grey_image(400, 400), many_items());
  EXPECT_EQ(picture.size.width, 400);
  EXPECT_GT(picture.size.height, 420);
  EXPECT_LT(picture.size.height, 480);
  std::set<Colour> strip;
  for (std::int64_t y = 400; y < picture.size.height; ++y) {
    for (std::int64_t x = 0; x < 400; ++x) strip.insert(pixel(picture, x, y));
  }
  for (const auto& [label, colour] : label_colours({"second label", "first of two labels"})) {
    EXPECT_TRUE(strip.contains(colour)) << label;
  }
}

TEST(Draw, TheSameItemsMakeTheSamePicture) {
  const RgbImage a = draw_items(grey_image(300, 300), many_items());
  const RgbImage b = draw_items(grey_image(300, 300), many_items());
  ASSERT_EQ(a.size, b.size);
  EXPECT_TRUE(std::equal(a.pixels.get(), a.pixels.get() + a.byte_count(), b.pixels.get()));
}

TEST(Draw, AnyTextIsALabel) {
  std::vector<DrawnItem> items;
  double y = 0;
  for (const std::string& label : {std::string("кошка"), std::string("一只小猫"),
                                   std::string("a\nb\tc"), std::string("\xff\xfe broken"),
                                   std::string(5000, 'w'), std::string("\0", 1), std::string()}) {
    items.push_back({{10, y, 60, y + 30}, label, 0.25});
    y += 60;
  }
  EXPECT_GE(draw_items(grey_image(420, 420), items).size.width, 420);
}

TEST(LabelFonts, LongTextsAreCutBetweenLetters) {
  LabelFonts fonts;
  EXPECT_EQ(fonts.shortened("short", 13, 500), "short");
  for (const std::string& letter : {std::string("w"), std::string("ä"), std::string("猫")}) {
    std::string text;
    for (int i = 0; i < 100; ++i) text += letter;
    const std::string cut = fonts.shortened(text, 13, 200);
    EXPECT_LE(fonts.text_width(cut, 13), 200);
    EXPECT_GT(fonts.text_width(cut, 13), 140);
    EXPECT_THAT(cut, testing::EndsWith(letter + "…"));
  }
}

TEST(Draw, WritesWholeFilesByTheirEnding) {
  const std::string folder = test::scratch_folder();
  for (const char* name : {"a.png", "b.jpg", "c.JPEG"}) {
    draw_detections(grey_image(500, 400), {{{10, 10, 100, 100}, "cat", 0.9}},
                    join_path(folder, name));
    EXPECT_EQ(Image::load(join_path(folder, name)).width(), 500) << name;
  }
  const auto files = std::filesystem::directory_iterator(folder);
  EXPECT_EQ(std::distance(begin(files), end(files)), 3);
}

TEST(Draw, ErrorsNameTheFileOrTheBox) {
  const std::string folder = test::scratch_folder();
  const auto draw_to = [&](const std::string& path) {
    draw_detections(grey_image(9, 9), {}, path);
  };
  EXPECT_TRUE(fails_with([&] { draw_to("out.gif"); }, ErrorCode::kInvalidArgument,
                         "out.gif: pictures are written as .png, .jpg or .jpeg"));
  const std::string nowhere = join_path(folder, "missing/out.png");
  EXPECT_TRUE(fails_with([&] { draw_to(nowhere); }, ErrorCode::kNotFound, nowhere));
  const Box broken{0, std::nan(""), 1, 1};
  EXPECT_TRUE(fails_with(
      [&] {
        draw_items(grey_image(9, 9), {{broken, "a", {}}});
      },
      ErrorCode::kInvalidArgument, "boxes[0] is [0, nan, 1, 1]"));
  EXPECT_TRUE(std::filesystem::is_empty(folder));
}

}  // namespace
}  // namespace fo1
