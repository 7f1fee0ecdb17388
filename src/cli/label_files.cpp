#include "cli/label_files.h"

#include <algorithm>

#include "cli/files.h"
#include "fo1/error.h"

namespace fo1::cli {
namespace {

template <class List, class Value>
bool contains(const List& list, const Value& value) {
  return std::find(std::begin(list), std::end(list), value) != std::end(list);
}

}  // namespace

void keep_asked(const LabelOptions& options, AnnotatedImage& image, Unasked& unasked) {
  const auto is_unwanted = [&](const Annotation& found) {
    if (found.score.value_or(1) < options.min_label_score) return true;
    if (contains(options.labels, found.label)) return false;
    ++unasked.boxes;
    unasked.labels.insert(found.label);
    return true;
  };
  auto& all = image.annotations;
  all.erase(std::remove_if(all.begin(), all.end(), is_unwanted), all.end());
}

void require_room(const LabelOptions& options) {
  std::vector<std::string> places = {"answers.jsonl"};
  places.insert(places.end(), drawn_pictures().places.begin(), drawn_pictures().places.end());
  for (const LabelFormat& format : all_label_formats()) {
    places.insert(places.end(), format.places.begin(), format.places.end());
  }
  for (const std::string& place : places) {
    const std::string path = resolve(options.out, place);
    if (!is_there(path) || same_place(path, options.images)) continue;
    throw Error(ErrorCode::kInvalidArgument,
                path +
                    " is there already, of no run that could be continued; choose another "
                    "--out, or remove it");
  }
}

LabelFiles::LabelFiles(const LabelOptions& options, const std::vector<Picture>& pictures)
    : options_(options) {
  for (const LabelFormat& format : all_label_formats()) {
    if (contains(options.formats, format.name)) formats_.push_back(&format);
  }
  if (options.draw) formats_.push_back(&drawn_pictures());
  for (const LabelFormat* format : formats_) {
    if (format->check) format->check(options_, pictures);
  }
}

void LabelFiles::add(const Picture& picture, AnnotatedImage found) {
  found.path = picture.name;
  keep_asked(options_, found, unasked_);
  for (const LabelFormat* format : formats_) {
    if (format->write_picture) format->write_picture(options_, picture, found);
  }
  images_.push_back(std::move(found));
}

void LabelFiles::finish() {
  // Not in the order of the log, which has those behind that failed at first.
  std::sort(images_.begin(), images_.end(),
            [](const AnnotatedImage& a, const AnnotatedImage& b) { return a.path < b.path; });
  for (const LabelFormat* format : formats_) {
    if (format->write_all) format->write_all(options_, images_);
  }
}

}  // namespace fo1::cli
