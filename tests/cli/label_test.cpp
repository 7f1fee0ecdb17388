// The parts of `label` that need no model.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "cli/files.h"
#include "cli/label_files.h"
#include "cli/label_log.h"
#include "cli/label_settings.h"
#include "cli/pictures.h"
#include "support/data.h"
#include "support/errors.h"

namespace fo1::cli {
namespace {

namespace fs = std::filesystem;
using test::fails_with;
using test::scratch_folder;
using testing::ElementsAre;

std::vector<std::string> names_of(const std::vector<Picture>& pictures) {
  std::vector<std::string> names;
  for (const Picture& picture : pictures) names.push_back(picture.name);
  return names;
}

std::string folder_with(const std::vector<std::string>& files) {
  const std::string folder = scratch_folder();
  for (const std::string& file : files) {
    make_folder(folder_of(folder + "/" + file));
    write_text(folder + "/" + file, "");
  }
  return folder;
}

TEST(Pictures, AreFoundByTheirEndingsAndSorted) {
  const std::string folder =
      folder_with({"b.PNG", "a.jpg", "c.JpEg", "e.webp", "d.bmp", "g.TIFF", "readme.txt", "png",
                   ".hidden.png", "a.jpg.txt", "sub/z.png"});
  EXPECT_THAT(names_of(list_pictures(folder, false, "")),
              ElementsAre("a.jpg", "b.PNG", "c.JpEg", "d.bmp", "e.webp"));
}

TEST(Pictures, OfFoldersBelow) {
  const std::string folder =
      folder_with({"b.png", "a/z.png", "a/a/y.png", "a.png", ".git/x.png", "out/drawn/w.png"});
  fs::create_directory_symlink(folder, folder + "/loop");
  EXPECT_THAT(names_of(list_pictures(folder, true, folder + "/out")),
              ElementsAre("a.png", "a/a/y.png", "a/z.png", "b.png"));
  EXPECT_THAT(names_of(list_pictures(folder + "/", true, folder + "/none")),
              ElementsAre("a.png", "a/a/y.png", "a/z.png", "b.png", "out/drawn/w.png"));
}

TEST(Pictures, ThereMustBeSome) {
  const std::string folder = folder_with({"a.txt", "sub/a.png"});
  const auto code = ErrorCode::kNotFound;
  EXPECT_TRUE(
      fails_with([&] { list_pictures(folder, false, ""); }, code, "no picture in it (--rec"));
  EXPECT_TRUE(fails_with([&] { list_pictures(folder + "/no", false, ""); }, code, "/no: No such"));
  EXPECT_TRUE(
      fails_with([&] { list_pictures(folder + "/a.txt", false, ""); }, code, "a.txt: Not a"));
  const std::string bytes = folder_with({"\xff.png"});
  EXPECT_TRUE(fails_with([&] { list_pictures(bytes, false, ""); }, ErrorCode::kInvalidArgument,
                         "the name is not UTF-8"));
}

TEST(Pictures, NoTwoShareAnOutput) {
  std::vector<Picture> pictures;
  for (const char* name : {"a.jpg", "a.png", "a.png.jpg", "b.png", "sub/a.png", "sub.x/c.d.png"}) {
    pictures.push_back({name, ""});
  }
  name_outputs(pictures);
  std::vector<std::string> outputs;
  for (const Picture& picture : pictures) outputs.push_back(picture.output);
  EXPECT_THAT(outputs, ElementsAre("a.jpg", "a.png", "a.png.jpg", "b", "sub/a", "sub.x/c.d"));
}

LabelOptions options_for(const std::string& out) {
  LabelOptions options;
  options.labels = {"dog", "red car"};
  options.out = out;
  options.images = out + "/photos";
  options.formats = {"coco", "yolo", "labelme"};
  return options;
}

TEST(LabelSettings, DifferInWhatLabelsDependOn) {
  const LabelOptions options = options_for("x");
  const Json now = settings_of(options);
  const Json read_back = Json::parse(now.dump(2));
  require_same_settings(read_back, now, "settings.json");

  const auto differs = [&](const LabelOptions& other, const std::string& text) {
    return fails_with([&] { require_same_settings(read_back, settings_of(other), "s.json"); },
                      ErrorCode::kInvalidArgument, text);
  };
  LabelOptions other = options;
  other.labels = {"dog"};
  EXPECT_TRUE(differs(other,
                      "s.json: the earlier run had --query [\"dog\",\"red car\"], this one "
                      "has [\"dog\"]; continue with the same"));
  other = options;
  other.regions.propose.min_score = 0.5;
  EXPECT_TRUE(differs(other, "had --min-score null, this one has 0.5"));
  other = options;
  other.min_label_score = 0.25;
  EXPECT_TRUE(differs(other, "--min-label-score"));
  other = options;
  other.images = "elsewhere";
  EXPECT_TRUE(differs(other, "--images"));
  other = options;  // none of these changes a label
  other.formats = {"coco"};
  other.draw = other.recursive = other.resume = true;
  other.model.load.device = "cuda";
  require_same_settings(read_back, settings_of(other), "s.json");
}

TEST(LabelFiles, KeepWhatWasAskedFor) {
  LabelOptions options = options_for("x");
  options.min_label_score = 0.5;
  AnnotatedImage image = {"a.png", 10, 10, {}};
  image.annotations = {{"dog", {}, 0.5},  {"Dog", {}, 0.9}, {"red car", {}, {}},
                       {"dog", {}, 0.49}, {"cat", {}, 0.1}, {"cat", {}, 0.7}};
  Unasked unasked;
  keep_asked(options, image, unasked);
  ASSERT_EQ(image.annotations.size(), 2u);
  EXPECT_EQ(image.annotations[0].score, 0.5);
  EXPECT_EQ(image.annotations[1].label, "red car");
  EXPECT_EQ(unasked.boxes, 2);
  EXPECT_THAT(unasked.labels, ElementsAre("Dog", "cat"));
}

TEST(LabelFiles, AreNotWrittenOver) {
  const std::string out = folder_with({"photos/a.png", "labels/a.txt", "labelme/a.json"});
  LabelOptions options = options_for(out);
  write_text(out + "/labelme/a.json", "corrected by hand");
  std::vector<Picture> pictures = {{"a.png", ""}, {"b.png", ""}};
  name_outputs(pictures);
  LabelFiles files(options, pictures);
  const AnnotatedImage found = {"", 100, 100, {{"red car", {0, 0, 50, 100}, 1}}};
  for (const Picture& picture : pictures) files.add(picture, found);
  files.finish();
  EXPECT_EQ(read_text(out + "/labelme/a.json"), "corrected by hand");
  EXPECT_EQ(read_text(out + "/labels/a.txt"), "");
  EXPECT_EQ(read_text(out + "/labels/b.txt"), "1 0.250000 0.500000 0.500000 1.000000\n");
  EXPECT_THAT(read_text(out + "/labelme/b.json"), testing::HasSubstr("\"../photos/b.png\""));
  EXPECT_EQ(read_text(out + "/classes.txt"), "dog\nred car\n");
  EXPECT_THAT(read_text(out + "/annotations.json"), testing::HasSubstr("\"file_name\":\"b.png\""));
  EXPECT_EQ(fs::read_symlink(out + "/images/b.png"), fs::canonical(out) / "photos/b.png");
}

TEST(YoloFiles, LieWhereYoloLooks) {
  const std::string out = folder_with({"photos/images/a.png", "photos/images2/b.png"});
  LabelOptions options = options_for(out);
  options.formats = {"yolo"};
  std::vector<Picture> pictures = {{"images/a.png", ""}, {"images2/b.png", ""}};
  name_outputs(pictures);
  LabelFiles files(options, pictures);
  for (const Picture& picture : pictures) files.add(picture, {"", 10, 10, {}});
  EXPECT_TRUE(fs::exists(out + "/images/images/a.png"));
  EXPECT_TRUE(fs::exists(out + "/images/labels/a.txt"));
  EXPECT_TRUE(fs::exists(out + "/images/images2/b.png"));
  EXPECT_TRUE(fs::exists(out + "/labels/images2/b.txt"));
}

TEST(LabelFiles, LeadToThePictureUnderItsOwnName) {
  const std::string out = folder_with({"photos/sub/a.png", "store/4711"});
  fs::create_symlink(fs::canonical(out + "/store/4711"), out + "/photos/sub/b.png");
  LabelOptions options = options_for(out);
  options.formats = {"yolo", "labelme"};
  const std::string before = fs::current_path().string();
  fs::current_path(out);  // however the folders are named
  options.images = "photos/../photos/";
  options.out = "made/../new";
  make_folder("made");
  std::vector<Picture> pictures = list_pictures(options.images, true, options.out);
  LabelFiles files(options, pictures);
  for (const Picture& picture : pictures) files.add(picture, {"", 10, 10, {}});
  fs::current_path(before);
  const fs::path photos = fs::canonical(out) / "photos";
  for (const char* name : {"a", "b"}) {
    const std::string picture = std::string("sub/") + name;
    EXPECT_EQ(fs::read_symlink(out + "/new/images/" + picture + ".png"),
              photos / (picture + ".png"));
    EXPECT_THAT(read_text(out + "/new/labelme/" + picture + ".json"),
                testing::HasSubstr("\"../../../photos/" + picture + ".png\""));
  }
}

TEST(LabelFiles, KeepOutOfOthersFolders) {
  const auto refused = [](const std::string& out) {
    return fails_with([&] { require_room(options_for(out)); }, ErrorCode::kInvalidArgument,
                      "is there already, of no run that could be continued");
  };
  for (const char* name : {"annotations.json", "labels/a.txt", "images/a.png", "classes.txt",
                           "data.yaml", "labelme/a.json", "drawn/a.jpg", "answers.jsonl"}) {
    EXPECT_TRUE(refused(folder_with({name}))) << name;
  }
  require_room(options_for(folder_with({"photos/a.png", "notes.txt"})));
  require_room(options_for(scratch_folder() + "/not-yet"));
}

TEST(YoloFiles, UseThePicturesWhereTheyAreInPlace) {
  const std::string out = folder_with({"images/a.png", "images/a.jpg", "images/b.png"});
  LabelOptions options = options_for(out);
  options.images = out + "/images";
  options.formats = {"yolo"};
  require_room(options);
  std::vector<Picture> pictures = {{"b.png", "b"}};
  LabelFiles(options, pictures).add(pictures[0], {"", 10, 10, {}});
  EXPECT_EQ(read_text(out + "/labels/b.txt"), "");
  EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(out + "/images/b.png")));

  pictures = list_pictures(options.images, false, out);
  EXPECT_TRUE(fails_with([&] { LabelFiles(options, pictures); }, ErrorCode::kInvalidArgument,
                         "a.jpg differs in its ending only from another picture"));
  options.labels = {"two\nlines"};
  EXPECT_TRUE(fails_with([&] { LabelFiles(options, {}); }, ErrorCode::kInvalidArgument,
                         "must be one line"));
}

TEST(LabelLog, IsReadBack) {
  const std::string path = scratch_folder() + "/answers.jsonl";
  const std::string good =
      R"({"id":"a.png","ok":true,"result":{"image":{"width":64,"height":48},"detections":)"
      R"([{"label":"dog","region":2,"box":[1,2.5,3,4],"score":0.5,"confidence":1}]}})"
      "\n";
  write_text(path, good + R"({"id":"b.png","ok":false,"error":{}})"
                          "\n");
  const auto images = read_label_log(path);
  ASSERT_EQ(images.size(), 1u);
  const AnnotatedImage& image = images.at("a.png");
  EXPECT_EQ(image.width, 64);
  EXPECT_EQ(image.height, 48);
  ASSERT_EQ(image.annotations.size(), 1u);
  EXPECT_EQ(image.annotations[0].label, "dog");
  EXPECT_EQ(image.annotations[0].box.y1, 2.5);
  EXPECT_EQ(image.annotations[0].score, 0.5);
  for (const char* foreign :
       {R"({"id":"c","ok":true,"result":{"text":"x"}})", R"({"id":1,"ok":true})",
        R"({"id":"c","ok":true,"result":{"image":{"width":"x"}}})"}) {
    write_text(path, good + foreign + "\n");
    EXPECT_THROW(read_label_log(path), Error) << foreign;
  }
}

}  // namespace
}  // namespace fo1::cli
