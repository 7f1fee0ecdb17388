#include "capi/src/options.h"
#include "capi/src/utf8.h"

namespace {

using namespace fo1;
using namespace fo1::capi;

AnnotationsObject with_labels(std::vector<std::string> labels) {
  coco_json({}, labels);  // refuses labels that are no classes
  return AnnotationsObject(std::move(labels));
}

void add(AnnotationsObject& set, const Answer& answer, const char* path) {
  AnnotatedImage image = annotate(answer);
  image.path = utf8_text(path, "path");
  std::vector<std::string> labels = labels_of({image}, set.labels);
  coco_json({image}, labels);  // refuses what could not be written later
  set.images.push_back(std::move(image));
  set.labels = std::move(labels);
}

// Body of the functions that write a file's text.
const char* write(fo1_annotations* annotations, const auto& format) noexcept {
  return value_or(static_cast<const char*>(nullptr), [&] {
    const LockedObject set(annotations);
    set->text = format(*set);
    return set->text.c_str();
  });
}

}  // namespace

extern "C" {

fo1_status fo1_annotations_create(fo1_annotations** out, const char* const* labels,
                                  size_t label_count) {
  return create(out, [&] { return with_labels(texts_of(labels, label_count, "labels")); });
}

fo1_status fo1_annotations_add(fo1_annotations* annotations, const fo1_result* result,
                               const char* path) {
  return guard([&] {
    const auto object = object_of(result);
    add(*LockedObject(annotations), object->answer, required(path, "path"));
  });
}

size_t fo1_annotations_label_count(const fo1_annotations* annotations) {
  return value_or(size_t{0}, [&] { return LockedObject(annotations)->labels.size(); });
}

const char* fo1_annotations_label(const fo1_annotations* annotations, size_t index) {
  return value_or(static_cast<const char*>(nullptr),
                  [&] { return item(LockedObject(annotations)->labels, index, "labels").c_str(); });
}

const char* fo1_annotations_coco(fo1_annotations* annotations) {
  return write(annotations,
               [](const AnnotationsObject& set) { return coco_json(set.images, set.labels); });
}

const char* fo1_annotations_yolo(fo1_annotations* annotations, size_t image) {
  return write(annotations, [&](const AnnotationsObject& set) {
    return yolo_txt(item(set.images, image, "images"), set.labels);
  });
}

const char* fo1_annotations_yolo_data(fo1_annotations* annotations) {
  return write(annotations,
               [](const AnnotationsObject& set) { return yolo_data_yaml(set.labels); });
}

const char* fo1_annotations_labelme(fo1_annotations* annotations, size_t image,
                                    const char* image_path) {
  return write(annotations, [&](const AnnotationsObject& set) {
    return labelme_json(item(set.images, image, "images"), required(image_path, "image_path"));
  });
}

void fo1_annotations_free(fo1_annotations* annotations) {
  release(annotations);
}

}  // extern "C"
