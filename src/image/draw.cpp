#include "image/draw.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <map>
#include <numeric>
#include <opencv2/imgproc.hpp>
#include <sstream>

#include "base/error.h"
#include "base/files.h"
#include "image/boxes.h"
#include "image/codec.h"
#include "image/label_font.h"
#include "image/label_layout.h"
#include "image/legend.h"
#include "image/matrix.h"
#include "image/palette.h"
#include "image/resample.h"

namespace fo1 {
namespace {

constexpr std::int64_t kReadableSide = 400;
constexpr std::int64_t kLongestEnlarged = 2000;

int shorter_side(Size size) {
  return static_cast<int>(std::min(size.width, size.height));
}

LabelStyle style_for(Size canvas) {
  const int font = std::clamp(shorter_side(canvas) / 34, 13, 40);
  return {font, font / 3};
}

RgbImage enlarged_copy(const Image& image, std::int64_t scale) {
  RgbImage copy = new_rgb_image({image.width() * scale, image.height() * scale}, "drawing");
  const at::Tensor pixels = resample(rgb_tensor(image), copy.size, ResampleFilter::kBicubic);
  std::copy_n(pixels.const_data_ptr<std::uint8_t>(), copy.byte_count(), copy.pixels.get());
  return copy;
}

std::vector<Box> boxes_of(const std::vector<DrawnItem>& items) {
  std::vector<Box> boxes;
  boxes.reserve(items.size());
  for (const DrawnItem& item : items) boxes.push_back(item.box);
  return boxes;
}

// Corners in order, on pixels of the canvas.
Box on_canvas(const Box& box, Size canvas) {
  const auto clip = [](double corner, std::int64_t side) {
    return std::clamp(std::round(corner), 0.0, static_cast<double>(side - 1));
  };
  const auto [left, right] = std::minmax(box.x1, box.x2);
  const auto [top, bottom] = std::minmax(box.y1, box.y2);
  return {clip(left, canvas.width), clip(top, canvas.height), clip(right, canvas.width),
          clip(bottom, canvas.height)};
}

cv::Rect pixels_of(const Box& box) {
  return {cv::Point2d(box.x1, box.y1), cv::Point2d(box.x2, box.y2)};
}

// Answers may hold line breaks; a label is one line.
std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char letter) { return letter < ' '; }, ' ');
  return text;
}

std::string with_score(const std::string& label, std::optional<double> score) {
  if (!score) return label;
  std::ostringstream text;
  text << label << (label.empty() ? "" : " ") << std::fixed << std::setprecision(2) << *score;
  return std::move(text).str();
}

// One picture being drawn on; vectors by item.
struct Drawing {
  RgbImage picture;
  LabelStyle style;
  std::vector<Box> boxes;  // on the canvas
  std::vector<Colour> colours;
  std::vector<std::string> texts;
  LabelFonts fonts;
};

Drawing start_drawing(const Image& image, const std::vector<DrawnItem>& items) {
  const Size file{image.width(), image.height()};
  Drawing drawing;
  drawing.picture = enlarged_copy(image, drawing_scale(file));
  drawing.style = style_for(drawing.picture.size);
  const int longest = static_cast<int>(drawing.picture.size.width * 2 / 3);
  std::vector<std::string> labels;
  for (const DrawnItem& item : items) {
    labels.push_back(item.label);
    const std::string text =
        drawing.fonts.shortened(one_line(item.label), drawing.style.font, longest);
    drawing.texts.push_back(with_score(text, item.score));
  }
  const std::map<std::string, Colour> colours = label_colours(labels);
  for (const std::string& label : labels) drawing.colours.push_back(colours.at(label));
  for (const Box& box : scale_boxes(boxes_of(items), file, drawing.picture.size)) {
    drawing.boxes.push_back(on_canvas(box, drawing.picture.size));
  }
  return drawing;
}

// Large boxes first, so that none hides a smaller one. Outlines keep to the inside of their box,
// thin enough to leave the object visible; all but the thinnest are set off by a contrasting line.
void draw_outlines(const Drawing& drawing) {
  const auto size = [&](std::size_t i) { return pixels_of(drawing.boxes[i]).size(); };
  std::vector<std::size_t> order(drawing.boxes.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return size(a).area() > size(b).area(); });
  const int widest = std::max(2, shorter_side(drawing.picture.size) / 320);
  cv::Mat canvas = matrix_over(drawing.picture);
  for (const std::size_t i : order) {
    const Box& box = drawing.boxes[i];
    const int line = std::clamp(std::min(size(i).width, size(i).height) / 16, 1, widest);
    const auto draw = [&](int inset, const Colour& colour) {
      cv::rectangle(canvas, cv::Point2d(box.x1 + inset, box.y1 + inset),
                    cv::Point2d(box.x2 - inset, box.y2 - inset), scalar_of(colour));
    };
    if (line > 1) draw(-1, text_colour(drawing.colours[i]));
    for (int inset = 0; inset < line; ++inset) draw(inset, drawing.colours[i]);
  }
}

using Places = std::vector<std::optional<Box>>;

bool all_placed(const Places& places) {
  return std::all_of(places.begin(), places.end(), [](const auto& place) { return place; });
}

Places find_places(Drawing& drawing) {
  std::vector<Size> sizes;
  for (const std::string& text : drawing.texts) {
    const int width = drawing.fonts.text_width(text, drawing.style.font);
    sizes.push_back(text.empty() ? Size{}
                                 : Size{width + 2 * drawing.style.padding,
                                        LabelFonts::line_height(drawing.style.font)});
  }
  return place_labels(drawing.boxes, sizes, drawing.picture.size);
}

// Whether every label found a place, if need be in smaller letters.
bool draw_labels(Drawing& drawing) {
  Places places = find_places(drawing);
  if (!all_placed(places)) {
    drawing.style = {drawing.style.font * 3 / 4, drawing.style.padding / 2};
    places = find_places(drawing);
  }
  cv::Mat canvas = matrix_over(drawing.picture);
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (!places[i]) continue;
    const cv::Rect place = pixels_of(*places[i]);
    const Colour& colour = drawing.colours[i];
    cv::rectangle(canvas, place, scalar_of(colour), cv::FILLED);
    drawing.fonts.write(canvas, drawing.texts[i], place.tl() + cv::Point(drawing.style.padding, 0),
                        drawing.style.font, scalar_of(text_colour(colour)));
  }
  return all_placed(places);
}

// One entry per label, in the order in which they first appear, with the number of its boxes; no
// more labels than there are colours.
std::vector<LegendEntry> legend_of(const Drawing& drawing, const std::vector<DrawnItem>& items) {
  std::map<std::string, int> counts;
  for (const DrawnItem& item : items) ++counts[item.label];
  std::vector<LegendEntry> entries;
  for (std::size_t i = 0; i < items.size() && entries.size() < kPaletteSize; ++i) {
    const auto count = counts.extract(items[i].label);
    if (count.empty()) continue;
    entries.push_back({drawing.colours[i], cat(one_line(count.key()), " x ", count.mapped())});
  }
  if (!counts.empty()) entries.push_back({{255, 255, 255}, cat("and ", counts.size(), " more")});
  return entries;
}

}  // namespace

std::int64_t drawing_scale(Size image) {
  const auto [shorter, longer] = std::minmax(image.width, image.height);
  const std::int64_t wanted = (kReadableSide + shorter - 1) / shorter;
  return std::max<std::int64_t>(1, std::min(wanted, kLongestEnlarged / longer));
}

RgbImage draw_items(const Image& image, const std::vector<DrawnItem>& items) {
  require_finite(boxes_of(items));
  Drawing drawing = start_drawing(image, items);
  draw_outlines(drawing);
  const bool self_explaining = draw_labels(drawing);
  if (self_explaining) return std::move(drawing.picture);
  return with_legend(drawing.picture, legend_of(drawing, items), style_for(drawing.picture.size),
                     drawing.fonts);
}

void draw_detections(const Image& image, const std::vector<DrawnItem>& items,
                     const std::string& path) {
  const std::string extension = picture_extension(path);
  write_file(path, encode_picture(draw_items(image, items), extension));
}

}  // namespace fo1
