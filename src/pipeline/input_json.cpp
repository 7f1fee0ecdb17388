#include "pipeline/input_json.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "base/region_list.h"
#include "image/boxes.h"
#include "pipeline/conversation.h"
#include "pipeline/guard.h"

namespace fo1 {
namespace {

std::variant<TextPart, ImagePart> read_part(const JsonView& json, ImageLoader& images) {
  const auto type = json.get<std::string>("type");
  if (type == "text") return TextPart{json.get<std::string>("text")};
  if (type == "image_url") return ImagePart{images.load(json.at("image_url").at("url"))};
  json.at("type").expected("text or image_url");
}

Message read_message(const JsonView& json, ImageLoader& images) {
  Message message;
  message.role = json.get<std::string>("role");
  const JsonView content = json.at("content");
  if (content.is_string()) {
    message.content = content.get<std::string>();
  } else {
    if (!content.is_array()) content.expected("a string or a list of parts");
    std::vector<std::variant<TextPart, ImagePart>> parts;
    for (std::size_t i = 0; i < content.size(); ++i) {
      parts.push_back(read_part(content.at(i), images));
    }
    message.content = std::move(parts);
  }
  if (json.has("bbox_list")) message.regions = read_regions(json.at("bbox_list"));
  return message;
}

}  // namespace

Image ImageLoader::load(const JsonView& url) {
  const auto path = url.get<std::string>();
  if (path.find("://") != std::string::npos || path.rfind("data:", 0) == 0) {
    fail(ErrorCode::kUnsupported, url.where(), ": expected a file path, got the address ",
         quoted(path));
  }
  const std::string full = resolve_path(root_, path);
  const auto found = loaded_.find(full);
  if (found != loaded_.end()) return found->second;
  return loaded_.emplace(full, Image::load(full)).first->second;
}

std::vector<Message> read_messages(const JsonView& json, ImageLoader& images) {
  const JsonView list = json.is_object() ? json.at("messages") : json;
  if (!list.is_array()) list.expected("a list of messages");
  std::vector<Message> messages;
  for (std::size_t i = 0; i < list.size(); ++i) {
    messages.push_back(read_message(list.at(i), images));
  }
  return messages;
}

std::vector<Region> regions_from_json(const std::string& text, const std::string& where) {
  return guarded([&] {
    const Json json = parse_json(text, where);
    const JsonView whole(json, where);
    std::vector<Region> regions = read_regions(whole.is_object() ? whole.at("boxes") : whole);
    require_finite(boxes_of(regions));
    return regions;
  });
}

std::vector<Message> messages_from_json(const std::string& text, const std::string& where,
                                        const std::string& root) {
  return guarded([&] {
    const Json json = parse_json(text, where);
    ImageLoader images(root);
    return read_messages({json, where}, images);
  });
}

}  // namespace fo1
