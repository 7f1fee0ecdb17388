#include "cli/label_formats.h"

#include <filesystem>

#include "cli/files.h"
#include "fo1/draw.h"
#include "fo1/error.h"

namespace fo1::cli {
namespace fs = std::filesystem;
namespace {

std::string image_path(const LabelOptions& options, const Picture& picture) {
  return resolve(options.images, picture.name);
}

// For files that lie elsewhere. A picture that is a link itself keeps its name.
fs::path absolute_path(const LabelOptions& options, const Picture& picture) {
  const fs::path path = image_path(options, picture);
  return fs::path(absolute(path.parent_path().string())) / path.filename();
}

// The place of a new file, its folder made; empty where there is a file already.
std::string new_place(const LabelOptions& options, const std::string& name) {
  std::string path = resolve(options.out, name);
  if (is_there(path)) return {};
  make_folder(folder_of(path));
  return path;
}

void write_new(const LabelOptions& options, const std::string& name, const std::string& text) {
  if (const std::string path = new_place(options, name); !path.empty()) write_text(path, text);
}

void write_coco(const LabelOptions& options, const std::vector<AnnotatedImage>& images) {
  write_text(resolve(options.out, "annotations.json"), coco_json(images, options.labels) + "\n");
}

// The pictures lie where YOLO looks for them already.
bool has_pictures_in_place(const LabelOptions& options) {
  return same_place(options.images, resolve(options.out, "images"));
}

void check_yolo(const LabelOptions& options, const std::vector<Picture>& pictures) {
  yolo_classes(options.labels);
  if (!has_pictures_in_place(options)) return;
  for (const Picture& picture : pictures) {
    if (picture.output != picture.name) continue;
    throw Error(ErrorCode::kInvalidArgument,
                image_path(options, picture) +
                    " differs in its ending only from another picture: YOLO would read the same "
                    "labels for both; rename one, or choose another --out");
  }
}

// Where YOLO looks for the labels of a picture in images/: in the path the last folder of that name
// is called labels instead.
std::string yolo_place(const Picture& picture) {
  std::string place = "/images/" + picture.output + ".txt";
  const std::string from = "/images/";
  place.replace(place.rfind(from), from.size(), "/labels/");
  return place.substr(1);
}

// YOLO finds the labels by the picture's path, so pictures are linked to where it looks.
void write_yolo_picture(const LabelOptions& options, const Picture& picture,
                        const AnnotatedImage& image) {
  write_new(options, yolo_place(picture), yolo_txt(image, options.labels));
  if (has_pictures_in_place(options)) return;
  const std::string ending = fs::path(picture.name).extension().string();
  const std::string link = new_place(options, "images/" + picture.output + ending);
  if (link.empty()) return;
  std::error_code error;
  fs::create_symlink(absolute_path(options, picture), link, error);
  if (error) throw Error(ErrorCode::kNotFound, link + ": cannot be made: " + error.message());
}

void write_yolo_classes(const LabelOptions& options, const std::vector<AnnotatedImage>&) {
  write_new(options, "classes.txt", yolo_classes(options.labels));
  write_new(options, "data.yaml", yolo_data_yaml(options.labels));
}

void write_labelme(const LabelOptions& options, const Picture& picture,
                   const AnnotatedImage& image) {
  const std::string name = "labelme/" + picture.output + ".json";
  const fs::path from = absolute(folder_of(resolve(options.out, name)));
  const fs::path path = absolute_path(options, picture).lexically_relative(from);
  write_new(options, name, labelme_json(image, path.generic_string()) + "\n");
}

void draw(const LabelOptions& options, const Picture& picture, const AnnotatedImage& image) {
  const std::string path = new_place(options, "drawn/" + picture.output + ".jpg");
  if (path.empty()) return;
  std::vector<Region> regions;
  for (const Annotation& found : image.annotations) {
    regions.push_back({found.box, found.score, found.label});
  }
  draw_regions(Image::load(image_path(options, picture)), regions, path);
}

const LabelFormat kFormats[] = {
    {"coco", {"annotations.json"}, nullptr, nullptr, write_coco},
    {"yolo",
     {"labels", "images", "classes.txt", "data.yaml"},
     check_yolo,
     write_yolo_picture,
     write_yolo_classes},
    {"labelme", {"labelme"}, nullptr, write_labelme, nullptr},
};

const LabelFormat kDrawn = {"drawn", {"drawn"}, nullptr, draw, nullptr};

}  // namespace

std::span<const LabelFormat> all_label_formats() {
  return kFormats;
}

const LabelFormat& drawn_pictures() {
  return kDrawn;
}

}  // namespace fo1::cli
