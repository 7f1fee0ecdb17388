// The files for annotation tools, letter by letter.
#include "fo1/annotations.h"

#include <gtest/gtest.h>

#include <limits>
#include <locale>
#include <nlohmann/json.hpp>

#include "support/errors.h"

namespace fo1 {
namespace {

using nlohmann::ordered_json;
using test::fails_with;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
const std::string kInfo = R"({"info":{"description":"Boxes found by fo1","version":"1.0"},)"
                          R"("licenses":[],)";

AnnotatedImage street() {
  return {"street/a.jpg",
          200,
          100,
          {{"red car", {10, 20, 60.5, 45}, 0.875}, {"dog", {150, 40, 250, 140}, std::nullopt}}};
}

AnnotatedImage with_box(const Box& box) {
  return {"a.png", 200, 100, {{"dog", box, std::nullopt}}};
}

// --- what is common to all formats ---

TEST(Annotate, TakesTheDetectionsOfAnAnswer) {
  Answer answer;
  answer.image_path = "a.png";
  answer.image_width = 64;
  answer.image_height = 48;
  answer.detections = {{"cat", 3, {1, 2, 3, 4}, 0.25, 0.5, 0.5},
                       {"dog", 0, {5, 6, 7, 8}, 1, 1, {}}};
  answer.texts = {{1, "EXIT"}};
  const AnnotatedImage image = annotate(answer);
  EXPECT_EQ(image.path, "a.png");
  EXPECT_EQ(image.width, 64);
  EXPECT_EQ(image.height, 48);
  ASSERT_EQ(image.annotations.size(), 2u);
  EXPECT_EQ(image.annotations[0].label, "cat");
  EXPECT_EQ(image.annotations[0].box.x2, 3);
  EXPECT_EQ(image.annotations[0].score, 0.25);
  EXPECT_EQ(image.annotations[1].label, "dog");
}

TEST(LabelsOf, CompletesAListInTheOrderOfAppearance) {
  using Labels = std::vector<std::string>;
  AnnotatedImage other = with_box({0, 0, 1, 1});
  other.annotations.push_back({"bus", {}, {}});
  EXPECT_EQ(labels_of({street(), other}), (Labels{"red car", "dog", "bus"}));
  EXPECT_EQ(labels_of({street(), other}, {"cat", "dog"}), (Labels{"cat", "dog", "red car", "bus"}));
  EXPECT_EQ(labels_of({}), Labels{});
}

// The boxes of one image as COCO and labelme have them.
std::string boxes_in_coco(const Box& box) {
  const ordered_json json = ordered_json::parse(coco_json({with_box(box)}, {"dog"}));
  std::string boxes;
  for (const auto& entry : json["annotations"])
    boxes += entry["bbox"].dump() + entry["area"].dump();
  return boxes;
}

std::string boxes_in_labelme(const Box& box) {
  const ordered_json json = ordered_json::parse(labelme_json(with_box(box), ""));
  std::string boxes;
  for (const auto& shape : json["shapes"]) boxes += shape["points"].dump();
  return boxes;
}

TEST(AnnotationBoxes, AreClippedInAllFormats) {
  const Box over_the_corner = {-20, -5, 50, 25};
  EXPECT_EQ(boxes_in_coco(over_the_corner), "[0.0,0.0,50.0,25.0]1250.0");
  EXPECT_EQ(boxes_in_labelme(over_the_corner), "[[0.0,0.0],[50.0,25.0]]");
  EXPECT_EQ(yolo_txt(with_box(over_the_corner), {"dog"}),
            "0 0.125000 0.125000 0.250000 0.250000\n");
  const Box all_around = {-1e300, -1e300, 1e300, 1e300};
  EXPECT_EQ(boxes_in_coco(all_around), "[0.0,0.0,200.0,100.0]20000.0");
  EXPECT_EQ(boxes_in_labelme(all_around), "[[0.0,0.0],[200.0,100.0]]");
  EXPECT_EQ(yolo_txt(with_box(all_around), {"dog"}), "0 0.500000 0.500000 1.000000 1.000000\n");
}

TEST(AnnotationBoxes, WithoutAreaAreLeftOut) {
  const Box none[] = {{200, 0, 300, 50},    {-50, 10, 0, 20}, {10, 10, 10, 20},
                      {60, 10, 50, 20},     {10, -9, 20, -1}, {10, 10, 10.0004, 20},
                      {199.9996, 0, 300, 9}};
  for (const Box& box : none) {
    EXPECT_EQ(boxes_in_coco(box), "") << box.x1;
    EXPECT_EQ(boxes_in_labelme(box), "") << box.x1;
    EXPECT_EQ(yolo_txt(with_box(box), {"dog"}), "") << box.x1;
  }
  EXPECT_EQ(boxes_in_coco({10, 10, 10.001, 20}), "[10.0,10.0,0.001,10.0]0.01");
}

TEST(AnnotationBoxes, HaveNoDigitsThatMeanNothing) {
  const Box single = {0.1f, 0.2f, 12.3f, 45.6f};  // 12.300000190734863, ...
  EXPECT_EQ(boxes_in_coco(single), "[0.1,0.2,12.2,45.4]553.88");
  EXPECT_EQ(boxes_in_labelme(single), "[[0.1,0.2],[12.3,45.6]]");
  EXPECT_EQ(boxes_in_coco({0.0005, 0, 200, 100}), "[0.001,0.0,199.999,100.0]19999.9");
  AnnotatedImage image = with_box(single);
  image.annotations[0].score = 0.1f;
  EXPECT_NE(coco_json({image}, {"dog"}).find("\"score\":0.1}"), std::string::npos);
}

TEST(AnnotationBoxes, ThatAreNotFiniteAreRefused) {
  const auto code = ErrorCode::kInvalidArgument;
  for (const double bad : {kNan, kInfinity, -kInfinity}) {
    const AnnotatedImage image = with_box({0, 0, bad, 10});
    const std::string text = "\"a.png\": annotations[0]: expected finite numbers, got";
    EXPECT_TRUE(fails_with([&] { coco_json({image}, {"dog"}); }, code, text));
    EXPECT_TRUE(fails_with([&] { yolo_txt(image, {"dog"}); }, code, text));
    EXPECT_TRUE(fails_with([&] { labelme_json(image, ""); }, code, text));
  }
  AnnotatedImage image = street();
  image.annotations[1].score = kNan;
  EXPECT_TRUE(fails_with([&] { labelme_json(image, ""); }, code, "annotations[1]"));
}

TEST(AnnotatedImages, NeedASize) {
  const AnnotatedImage image = {"b.png", 0, 100, {}};
  const auto code = ErrorCode::kInvalidArgument;
  const std::string text = "\"b.png\": expected an image with a size, got 0 x 100";
  EXPECT_TRUE(fails_with([&] { coco_json({image}, {}); }, code, text));
  EXPECT_TRUE(fails_with([&] { yolo_txt(image, {}); }, code, text));
  EXPECT_TRUE(fails_with([&] { labelme_json(image, ""); }, code, text));
}

TEST(LabelLists, MustFitTheImages) {
  const auto code = ErrorCode::kInvalidArgument;
  const std::string unknown = "\"street/a.jpg\": the label \"dog\" is not in the list of labels";
  EXPECT_TRUE(fails_with([] { coco_json({street()}, {"red car"}); }, code, unknown));
  EXPECT_TRUE(fails_with([] { yolo_txt(street(), {"red car"}); }, code, unknown));
  const std::string twice = "labels[2] is \"a\", as labels[0] is";
  EXPECT_TRUE(fails_with([] { coco_json({}, {"a", "b", "a"}); }, code, twice));
  EXPECT_TRUE(fails_with([] { yolo_txt(with_box({}), {"a", "b", "a"}); }, code, twice));
  EXPECT_TRUE(fails_with([] { yolo_classes({"a", "b", "a"}); }, code, twice));
  EXPECT_TRUE(fails_with([] { yolo_data_yaml({"a", "b", "a"}); }, code, twice));
  EXPECT_TRUE(fails_with([] { coco_json({}, {"a", ""}); }, code, "labels[1] is empty"));
}

// --- COCO ---

TEST(CocoJson, IsOneObject) {
  const AnnotatedImage empty = {"street/b.jpg", 640, 480, {}};
  EXPECT_EQ(
      coco_json({street(), empty, with_box({0, 0, 2, 3})}, {"dog", "cat", "red car"}),
      kInfo + R"("images":[{"id":1,"file_name":"street/a.jpg","width":200,"height":100},)"
              R"({"id":2,"file_name":"street/b.jpg","width":640,"height":480},)"
              R"({"id":3,"file_name":"a.png","width":200,"height":100}],)"
              R"("annotations":[{"id":1,"image_id":1,"category_id":3,"bbox":[10.0,20.0,50.5,25.0],)"
              R"("area":1262.5,"segmentation":[],"iscrowd":0,"score":0.875},)"
              R"({"id":2,"image_id":1,"category_id":1,"bbox":[150.0,40.0,50.0,60.0],"area":3000.0,)"
              R"("segmentation":[],"iscrowd":0},)"
              R"({"id":3,"image_id":3,"category_id":1,"bbox":[0.0,0.0,2.0,3.0],"area":6.0,)"
              R"("segmentation":[],"iscrowd":0}],)"
              R"("categories":[{"id":1,"name":"dog","supercategory":""},)"
              R"({"id":2,"name":"cat","supercategory":""},)"
              R"({"id":3,"name":"red car","supercategory":""}]})");
}

TEST(CocoJson, MayBeEmpty) {
  EXPECT_EQ(coco_json({}, {}), kInfo + R"("images":[],"annotations":[],"categories":[]})");
}

TEST(CocoJson, HoldsAnyLabel) {
  const std::vector<std::string> labels = {"a \"big\", red\ncar", "赤い車", "\xff"};
  AnnotatedImage image = with_box({0, 0, 1, 1});
  image.annotations[0].label = labels[0];
  image.annotations.push_back({labels[1], {0, 0, 2, 2}, {}});
  const std::string json = coco_json({image}, labels);
  EXPECT_NE(json.find(R"("name":"a \"big\", red\ncar")"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("name":"赤い車")"), std::string::npos) << json;
  EXPECT_NE(json.find("\"name\":\"\xEF\xBF\xBD\""), std::string::npos) << json;
  EXPECT_EQ(ordered_json::parse(json)["annotations"][1]["category_id"], 2);
  EXPECT_EQ(ordered_json::parse(coco_json({image}, labels, 2)), ordered_json::parse(json));
  EXPECT_NE(coco_json({image}, labels, 2).find("\n  \"images\": [\n"), std::string::npos);
}

// --- YOLO ---

TEST(YoloTxt, IsALineForEachBox) {
  EXPECT_EQ(yolo_txt(street(), {"dog", "red car"}),
            "1 0.176250 0.325000 0.252500 0.250000\n"
            "0 0.875000 0.700000 0.250000 0.600000\n");
  EXPECT_EQ(yolo_txt({"b.jpg", 640, 480, {}}, {"dog"}), "");
}

TEST(YoloTxt, LeavesOutWhatWouldHaveNoSize) {
  AnnotatedImage image = {"wide.png", 10000, 10, {{"dog", {0, 0, 0.004, 10}, {}}}};
  EXPECT_EQ(yolo_txt(image, {"dog"}), "");
  image.annotations[0].box.x2 = 0.006;
  EXPECT_EQ(yolo_txt(image, {"dog"}), "0 0.000000 0.500000 0.000001 1.000000\n");
}

TEST(YoloTxt, DoesNotFollowTheLocale) {
  struct Comma : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
    std::string do_grouping() const override { return "\1"; }
  };
  const std::string wanted = yolo_txt(street(), {"dog", "red car"});
  const std::locale before = std::locale::global(std::locale(std::locale(), new Comma));
  std::vector<std::string> labels(20, "x");
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] += std::to_string(i);
  labels[12] = "dog";
  const std::string line = yolo_txt(with_box({0, 0, 200, 50}), labels);
  const std::string other = yolo_txt(street(), {"dog", "red car"});
  const std::string yaml = yolo_data_yaml(labels);
  std::locale::global(before);
  EXPECT_EQ(line, "12 0.500000 0.250000 1.000000 0.500000\n");
  EXPECT_EQ(other, wanted);
  EXPECT_NE(yaml.find("\n  12: \"dog\"\n"), std::string::npos) << yaml;
}

TEST(YoloClasses, AreLines) {
  EXPECT_EQ(yolo_classes({"red car", "赤い車", "a \"b\", c"}), "red car\n赤い車\na \"b\", c\n");
  EXPECT_EQ(yolo_classes({}), "");
}

TEST(YoloDataYaml, NamesFoldersAndClasses) {
  EXPECT_EQ(yolo_data_yaml({"red car", "赤い車", "no: \"b\", c\\d #e"}),
            "train: \"images\"\nval: \"images\"\nnames:\n"
            "  0: \"red car\"\n  1: \"赤い車\"\n  2: \"no: \\\"b\\\", c\\\\d #e\"\n");
  EXPECT_EQ(yolo_data_yaml({}, "a/b"), "train: \"a/b\"\nval: \"a/b\"\nnames: {}\n");
}

TEST(YoloClasses, MustBeSingleLines) {
  for (const char* label : {"a\nb", "a\rb", "a\tb", "\x7f", "a\xC2\x85", "\xC2\x9F", "\xE2\x80\xA8",
                            "\xE2\x80\xA9", "a\xff"}) {
    const std::string text = "labels[1] is";
    const auto code = ErrorCode::kInvalidArgument;
    EXPECT_TRUE(fails_with([&] { yolo_classes({"x", label}); }, code, text)) << label;
    EXPECT_TRUE(fails_with([&] { yolo_data_yaml({"x", label}); }, code, text)) << label;
  }
  EXPECT_EQ(yolo_classes({"\xC2\xA0", "\xE2\x80\xA7"}), "\xC2\xA0\n\xE2\x80\xA7\n");
}

// --- labelme ---

TEST(LabelmeJson, IsOneObject) {
  EXPECT_EQ(labelme_json(street(), "../street/a.jpg"), R"({
  "version": "5.5.0",
  "flags": {},
  "shapes": [
    {
      "label": "red car",
      "points": [
        [
          10.0,
          20.0
        ],
        [
          60.5,
          45.0
        ]
      ],
      "group_id": null,
      "description": "",
      "shape_type": "rectangle",
      "flags": {},
      "score": 0.875
    },
    {
      "label": "dog",
      "points": [
        [
          150.0,
          40.0
        ],
        [
          200.0,
          100.0
        ]
      ],
      "group_id": null,
      "description": "",
      "shape_type": "rectangle",
      "flags": {}
    }
  ],
  "imagePath": "../street/a.jpg",
  "imageData": null,
  "imageHeight": 100,
  "imageWidth": 200
})");
}

TEST(LabelmeJson, HoldsAnyLabelAndNone) {
  AnnotatedImage image = {"b.jpg", 640, 480, {}};
  const std::string end = R"("imagePath":"日本/b.jpg","imageData":null,"imageHeight":480,)"
                          R"("imageWidth":640})";
  EXPECT_EQ(labelme_json(image, "日本/b.jpg", -1),
            R"({"version":"5.5.0","flags":{},"shapes":[],)" + end);
  image.annotations.push_back({"赤い\n\"車\", 1", {1, 2, 3, 4}, {}});
  EXPECT_EQ(labelme_json(image, "日本/b.jpg", -1),
            R"({"version":"5.5.0","flags":{},"shapes":[{"label":"赤い\n\"車\", 1",)"
            R"("points":[[1.0,2.0],[3.0,4.0]],"group_id":null,"description":"",)"
            R"("shape_type":"rectangle","flags":{}}],)" +
                end);
}

}  // namespace
}  // namespace fo1
