// Conversations as JSON, see fo1/input_json.h.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "fo1/input_json.h"

namespace fo1 {

// Loads each picture once.
class ImageLoader {
 public:
  explicit ImageLoader(std::string root) : root_(std::move(root)) {}
  Image load(const JsonView& url);  // throws what Image::load() throws; kUnsupported: an address

 private:
  std::string root_;
  std::map<std::string, Image> loaded_;
};

std::vector<Message> read_messages(const JsonView& json, ImageLoader& images);

}  // namespace fo1
