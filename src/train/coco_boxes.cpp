#include "train/coco_boxes.h"

#include <cmath>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "base/log.h"

namespace fo1::train {
namespace {

Box box_of(const JsonView& annotation) {
  const JsonView value = annotation.at("bbox");
  const auto sides = value.get<std::vector<double>>();
  if (sides.size() != 4) value.expected("4 numbers: x, y, width, height");
  for (const double side : sides) {
    if (!std::isfinite(side)) value.expected("finite numbers");
  }
  if (!(sides[2] > 0 && sides[3] > 0)) value.expected("a width and height above 0");
  return {sides[0], sides[1], sides[0] + sides[2], sides[1] + sides[3]};
}

// Calls read(entry) for each entry of a list; those it refuses are reported and left out.
template <class Read>
void read_each(const JsonView& list, Read read) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    try {
      read(list.at(i));
    } catch (const Error& error) {
      log(LogLevel::kWarning, error.what(), "; left out");
    }
  }
}

// Of each category's id.
std::map<std::int64_t, std::string> read_kinds(const JsonView& json) {
  std::map<std::int64_t, std::string> kinds;
  if (!json.has("categories")) return kinds;
  read_each(json.at("categories"), [&](const JsonView& category) {
    kinds[category.get<std::int64_t>("id")] = category.get<std::string>("name");
  });
  return kinds;
}

std::string kind_of(const JsonView& annotation, const std::map<std::int64_t, std::string>& kinds) {
  if (!annotation.has("category_id")) return "";
  const auto found = kinds.find(annotation.get<std::int64_t>("category_id"));
  return found == kinds.end() ? "" : found->second;
}

}  // namespace

std::vector<BoxSample> read_coco_boxes(const std::string& path) {
  const bool is_folder = std::filesystem::is_directory(path);
  const std::string file = is_folder ? join_path(path, "annotations.json") : path;
  const std::string root = std::filesystem::path(file).parent_path();
  const Json parsed = load_json(file);
  const JsonView json(parsed, file);
  std::vector<BoxSample> samples;
  const std::map<std::int64_t, std::string> kinds = read_kinds(json);
  std::map<std::int64_t, std::size_t> place;  // of each image id
  read_each(json.at("images"), [&](const JsonView& image) {
    const auto id = image.get<std::int64_t>("id");
    BoxSample sample{resolve_path(root, image.get<std::string>("file_name")), {}, {}, {}};
    if (!place.emplace(id, samples.size()).second) image.at("id").expected("an id of its own");
    samples.push_back(std::move(sample));
  });
  read_each(json.at("annotations"), [&](const JsonView& annotation) {
    const auto found = place.find(annotation.get<std::int64_t>("image_id"));
    if (found == place.end()) annotation.at("image_id").expected("the id of an image");
    if (annotation.get_or<std::int64_t>("iscrowd", 0) != 0) return;
    BoxSample& sample = samples[found->second];
    const Box box = box_of(annotation);
    const std::string kind = kind_of(annotation, kinds);
    const auto text = annotation.get_or<std::string>("utf8_string", "");
    sample.texts.push_back(annotation.get_or("text", text));
    sample.kinds.push_back(kind);
    sample.boxes.push_back(box);
  });
  return samples;
}

}  // namespace fo1::train
