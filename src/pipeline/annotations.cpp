#include "fo1/annotations.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "base/error.h"
#include "pipeline/annotation_rules.h"

namespace fo1 {
namespace {

void require_finite(const Annotation& annotation, std::size_t number, const AnnotatedImage& image) {
  const Box& box = annotation.box;
  for (const double value : {box.x1, box.y1, box.x2, box.y2, annotation.score.value_or(0)}) {
    if (std::isfinite(value)) continue;
    fail(ErrorCode::kInvalidArgument, quoted(image.path), ": annotations[", number,
         "]: expected finite numbers, got ", value);
  }
}

Box clipped(const Box& box, const AnnotatedImage& image) {
  const auto within = [](double value, double size) {
    return rounded(std::clamp(value, 0.0, size), kPartsOfPixel) + 0.0;  // -0 becomes 0
  };
  const double width = image.width, height = image.height;
  return {within(box.x1, width), within(box.y1, height), within(box.x2, width),
          within(box.y2, height)};
}

}  // namespace

double rounded(double value, double parts) {
  return std::round(value * parts) / parts;
}

std::vector<Annotation> visible_annotations(const AnnotatedImage& image) {
  if (image.width < 1 || image.height < 1) {
    fail(ErrorCode::kInvalidArgument, quoted(image.path), ": expected an image with a size, got ",
         image.width, " x ", image.height);
  }
  std::vector<Annotation> visible;
  visible.reserve(image.annotations.size());
  for (std::size_t i = 0; i < image.annotations.size(); ++i) {
    Annotation annotation = image.annotations[i];
    require_finite(annotation, i, image);
    annotation.box = clipped(annotation.box, image);
    if (annotation.score) annotation.score = rounded(*annotation.score, kPartsOfScore);
    const Box& box = annotation.box;
    if (box.x2 > box.x1 && box.y2 > box.y1) visible.push_back(std::move(annotation));
  }
  return visible;
}

LabelIndex::LabelIndex(const std::vector<std::string>& labels) {
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i].empty()) fail(ErrorCode::kInvalidArgument, "labels[", i, "] is empty");
    const auto [earlier, is_new] = index_.emplace(labels[i], static_cast<std::int64_t>(i));
    if (is_new) continue;
    fail(ErrorCode::kInvalidArgument, "labels[", i, "] is ", quoted(labels[i]), ", as labels[",
         earlier->second, "] is; expected different ones");
  }
}

std::int64_t LabelIndex::at(const std::string& label, const AnnotatedImage& image) const {
  const auto found = index_.find(label);
  if (found == index_.end()) {
    fail(ErrorCode::kInvalidArgument, quoted(image.path), ": the label ", quoted(label),
         " is not in the list of labels");
  }
  return found->second;
}

AnnotatedImage annotate(const Answer& answer) {
  AnnotatedImage image{answer.image_path, answer.image_width, answer.image_height, {}};
  for (const Detection& found : answer.detections) {
    image.annotations.push_back({found.label, found.box, found.score});
  }
  return image;
}

std::vector<std::string> labels_of(const std::vector<AnnotatedImage>& images,
                                   std::vector<std::string> known) {
  std::unordered_set<std::string> seen(known.begin(), known.end());
  for (const AnnotatedImage& image : images) {
    for (const Annotation& annotation : image.annotations) {
      if (seen.insert(annotation.label).second) known.push_back(annotation.label);
    }
  }
  return known;
}

}  // namespace fo1
