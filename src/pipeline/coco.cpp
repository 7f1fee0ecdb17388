#include <nlohmann/json.hpp>

#include "fo1/annotations.h"
#include "pipeline/annotation_rules.h"
#include "pipeline/guard.h"

namespace fo1 {
namespace {

using OrderedJson = nlohmann::ordered_json;

OrderedJson categories_of(const std::vector<std::string>& labels) {
  OrderedJson categories = OrderedJson::array();
  for (const std::string& label : labels) {
    categories.push_back({{"id", categories.size() + 1}, {"name", label}, {"supercategory", ""}});
  }
  return categories;
}

OrderedJson json_of(const Annotation& annotation, std::size_t id, std::size_t image,
                    std::int64_t category) {
  const Box& box = annotation.box;
  const double width = rounded(box.x2 - box.x1, kPartsOfPixel);
  const double height = rounded(box.y2 - box.y1, kPartsOfPixel);
  OrderedJson json = {{"id", id},
                      {"image_id", image},
                      {"category_id", category},
                      {"bbox", {box.x1, box.y1, width, height}},
                      {"area", rounded(width * height, kPartsOfArea)},
                      {"segmentation", OrderedJson::array()},
                      {"iscrowd", 0}};
  if (annotation.score) json["score"] = *annotation.score;
  return json;
}

std::string written(const std::vector<AnnotatedImage>& images,
                    const std::vector<std::string>& labels, int indent) {
  const LabelIndex index(labels);
  OrderedJson entries = OrderedJson::array(), annotations = OrderedJson::array();
  for (const AnnotatedImage& image : images) {
    const std::size_t id = entries.size() + 1;
    entries.push_back(
        {{"id", id}, {"file_name", image.path}, {"width", image.width}, {"height", image.height}});
    for (const Annotation& annotation : visible_annotations(image)) {
      const std::int64_t category = index.at(annotation.label, image) + 1;
      annotations.push_back(json_of(annotation, annotations.size() + 1, id, category));
    }
  }
  const OrderedJson json = {{"info", {{"description", "Boxes found by fo1"}, {"version", "1.0"}}},
                            {"licenses", OrderedJson::array()},
                            {"images", std::move(entries)},
                            {"annotations", std::move(annotations)},
                            {"categories", categories_of(labels)}};
  return json.dump(indent, ' ', false, OrderedJson::error_handler_t::replace);
}

}  // namespace

std::string coco_json(const std::vector<AnnotatedImage>& images,
                      const std::vector<std::string>& labels, int indent) {
  return guarded([&] { return written(images, labels, indent); });
}

}  // namespace fo1
