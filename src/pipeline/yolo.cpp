#include <charconv>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "fo1/annotations.h"
#include "pipeline/annotation_rules.h"
#include "pipeline/guard.h"
#include "text/utf8.h"

namespace fo1 {
namespace {

constexpr int kDigits = 6;  // of a part of the image: a hundredth of a pixel where it has 10000
constexpr double kParts = 1e6;

// Not through a stream or printf, which follow the locale.
std::string fixed(double value) {
  char text[32];
  const auto end =
      std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, kDigits);
  return {text, end.ptr};
}

// A box's centre and size along one side of the image, as parts of that side.
struct Extent {
  Extent(double from, double to, double side)
      : centre(rounded((from + to) / 2 / side, kParts)),
        size(rounded((to - from) / side, kParts)) {}
  double centre, size;
};

std::string lines_of(const AnnotatedImage& image, const LabelIndex& index) {
  std::string lines;
  for (const Annotation& annotation : visible_annotations(image)) {
    const Extent x(annotation.box.x1, annotation.box.x2, image.width);
    const Extent y(annotation.box.y1, annotation.box.y2, image.height);
    const std::int64_t label = index.at(annotation.label, image);
    if (x.size <= 0 || y.size <= 0) continue;  // too thin for the digits there are
    lines += std::to_string(label);
    for (const double value : {x.centre, y.centre, x.size, y.size}) lines += ' ' + fixed(value);
    lines += '\n';
  }
  return lines;
}

// Control characters, and what else readers of lines take for a line's end. `character` is UTF-8.
bool breaks_lines(std::string_view character) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(character[i]); };
  if (character.size() == 1) return byte(0) < 0x20 || byte(0) == 0x7F;
  if (character.size() == 2) return byte(0) == 0xC2 && byte(1) < 0xA0;  // U+0080 to U+009F
  return character == "\xE2\x80\xA8" || character == "\xE2\x80\xA9";    // U+2028, U+2029
}

bool is_one_line(std::string_view text) {
  while (!text.empty()) {
    const Utf8Unit unit = first_utf8_unit(text);
    if (unit.kind != Utf8Unit::Kind::kCharacter) return false;
    if (breaks_lines(text.substr(0, unit.length))) return false;
    text.remove_prefix(unit.length);
  }
  return true;
}

void require_lines(const std::vector<std::string>& labels) {
  const LabelIndex different(labels);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (is_one_line(labels[i])) continue;
    fail(ErrorCode::kInvalidArgument, "labels[", i, "] is ", quoted(labels[i]),
         "; a class of YOLO must be one line of UTF-8 without control characters");
  }
}

// Where there are no control characters, a JSON string is one of YAML, too.
std::string yaml_text(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

std::string yolo_txt(const AnnotatedImage& image, const std::vector<std::string>& labels) {
  return guarded([&] { return lines_of(image, LabelIndex(labels)); });
}

std::string yolo_classes(const std::vector<std::string>& labels) {
  return guarded([&] {
    require_lines(labels);
    std::string lines;
    for (const std::string& label : labels) lines += label + '\n';
    return lines;
  });
}

std::string yolo_data_yaml(const std::vector<std::string>& labels, const std::string& images) {
  return guarded([&] {
    require_lines(labels);
    const std::string folder = yaml_text(images);
    std::string yaml = "train: " + folder + "\nval: " + folder + "\nnames:";
    if (labels.empty()) yaml += " {}";
    yaml += '\n';
    for (std::size_t i = 0; i < labels.size(); ++i) {
      yaml += "  " + std::to_string(i) + ": " + yaml_text(labels[i]) + '\n';
    }
    return yaml;
  });
}

}  // namespace fo1
