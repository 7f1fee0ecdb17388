#include "cli/label_log.h"

#include "cli/line_json.h"
#include "cli/lines.h"
#include "fo1/error.h"

namespace fo1::cli {
namespace {

// From the JSON of an answer.
AnnotatedImage image_of(const Json& answer) {
  AnnotatedImage image;
  image.width = answer.at("image").at("width").get<std::int32_t>();
  image.height = answer.at("image").at("height").get<std::int32_t>();
  for (const Json& found : answer.at("detections")) {
    const auto box = found.at("box").get<std::array<double, 4>>();
    image.annotations.push_back({found.at("label").get<std::string>(),
                                 {box[0], box[1], box[2], box[3]},
                                 found.at("score").get<double>()});
  }
  return image;
}

}  // namespace

std::unordered_map<std::string, AnnotatedImage> read_label_log(const std::string& path) {
  std::unordered_map<std::string, AnnotatedImage> images;
  for_each_line(path, [&](const std::string& text, std::int64_t number) {
    const LineObject line(text, path + ":" + std::to_string(number));
    if (!line.boolean("ok")) return true;
    try {
      images[line.string("id")] = image_of(line.at("result"));
    } catch (const Json::exception&) {
      throw Error(ErrorCode::kCorruptFile,
                  line.where() + ": this is no answer that says what is in a picture");
    }
    return true;
  });
  return images;
}

}  // namespace fo1::cli
