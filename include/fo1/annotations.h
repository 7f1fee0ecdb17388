// Results as files that annotation tools and training programs read: COCO, YOLO, labelme.
//
// In all formats boxes are clipped to their image and told to a thousandth of a pixel; those of
// which nothing is left inside the image are left out. Numbers are written with a point, whatever
// the locale. Text that is not UTF-8 becomes U+FFFD. All functions throw kInvalidArgument: for an
// image without a size, a coordinate or score that is not finite, and, where there is a list of
// labels, for an empty label or one that is listed twice, and for an annotation whose label is not
// in the list (labels_of() completes a list).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fo1/answer.h"
#include "fo1/export.h"
#include "fo1/types.h"

namespace fo1 {

// A box with a name.
struct Annotation {
  std::string label;
  Box box;                      // pixels of the image
  std::optional<double> score;  // 0..1; none: set by a person, or not known
};

struct AnnotatedImage {
  std::string path;  // as it shall be written: mostly relative to the data set's folder, with "/"
  std::int32_t width = 0, height = 0;  // pixels
  std::vector<Annotation> annotations;
};

// The detections of an answer with their scores. Texts about regions (ocr, caption) have no part in
// it: they are no names of classes.
FO1_API AnnotatedImage annotate(const Answer& answer);

// `known`, then the other labels of the images in the order in which they first appear.
FO1_API std::vector<std::string> labels_of(const std::vector<AnnotatedImage>& images,
                                           std::vector<std::string> known = {});

// One JSON object in COCO's format for object detection (cocodataset.org/#format-data): "info",
// "licenses", "images" (`file_name`: the path), "categories" in the order of `labels`,
// "annotations" with `bbox` [x, y, width, height] and `area` in pixels, `iscrowd` 0, an empty
// `segmentation`, and `score` where there is one. Ids are counted from 1. `indent` < 0: one line.
FO1_API std::string coco_json(const std::vector<AnnotatedImage>& images,
                              const std::vector<std::string>& labels, int indent = -1);

// The label file of one image for YOLO (docs.ultralytics.com/datasets/detect): a line
// `class x y width height` for each box, the class being the label's index from 0, the others the
// box's centre and size as parts of the image's, 0 to 1. Scores have no place in it. No boxes: "".
FO1_API std::string yolo_txt(const AnnotatedImage& image, const std::vector<std::string>& labels);

// classes.txt: one label a line, in the order of the classes. Labels with line breaks or other
// control characters, or that are not UTF-8, are kInvalidArgument here and in yolo_data_yaml().
FO1_API std::string yolo_classes(const std::vector<std::string>& labels);

// data.yaml: names the labels, and `images`, a folder beside that file, as what to train and to
// validate on. The label file of images/a/b.jpg is expected at labels/a/b.txt.
FO1_API std::string yolo_data_yaml(const std::vector<std::string>& labels,
                                   const std::string& images = "images");

// The file of one image for labelme (github.com/wkentaro/labelme, versions 5 and 6): each box a
// "rectangle" of two points in pixels. `image_path`: where the image is, from the folder of this
// file. The picture itself is not in it (`imageData` null). `score`, where there is one, is a key
// that labelme carries along.
FO1_API std::string labelme_json(const AnnotatedImage& image, const std::string& image_path,
                                 int indent = 2);

}  // namespace fo1
