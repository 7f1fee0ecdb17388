#include <nlohmann/json.hpp>

#include "fo1/annotations.h"
#include "pipeline/annotation_rules.h"
#include "pipeline/guard.h"

namespace fo1 {
namespace {

using OrderedJson = nlohmann::ordered_json;

// Some versions of labelme warn where the first number is not theirs; 6 reads it as it is.
constexpr const char* kLabelmeVersion = "5.5.0";

OrderedJson shape_of(const Annotation& annotation) {
  const Box& box = annotation.box;
  OrderedJson shape;
  shape["label"] = annotation.label;
  shape["points"] = {{box.x1, box.y1}, {box.x2, box.y2}};
  shape["group_id"] = nullptr;
  shape["description"] = "";
  shape["shape_type"] = "rectangle";
  shape["flags"] = OrderedJson::object();
  if (annotation.score) shape["score"] = *annotation.score;
  return shape;
}

}  // namespace

std::string labelme_json(const AnnotatedImage& image, const std::string& image_path, int indent) {
  return guarded([&] {
    OrderedJson json;
    json["version"] = kLabelmeVersion;
    json["flags"] = OrderedJson::object();
    OrderedJson& shapes = json["shapes"] = OrderedJson::array();
    for (const Annotation& annotation : visible_annotations(image)) {
      shapes.push_back(shape_of(annotation));
    }
    json["imagePath"] = image_path;
    json["imageData"] = nullptr;
    json["imageHeight"] = image.height;
    json["imageWidth"] = image.width;
    return json.dump(indent, ' ', false, OrderedJson::error_handler_t::replace);
  });
}

}  // namespace fo1
