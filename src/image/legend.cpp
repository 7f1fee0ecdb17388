#include "image/legend.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "image/matrix.h"

namespace fo1 {
namespace {

const cv::Scalar kPaper(255, 255, 255);
const cv::Scalar kInk(0, 0, 0);

struct PlacedEntry {
  Colour colour;
  std::string text;
  cv::Point corner;  // in the strip
};

struct Strip {
  std::vector<PlacedEntry> entries;
  int height = 0;
};

// Each entry: a square in its colour, then its text.
Strip lay_out(const std::vector<LegendEntry>& entries, int width, const LabelStyle& style,
              LabelFonts& fonts) {
  Strip strip;
  const int line = LabelFonts::line_height(style.font) + style.padding;
  const int around_text = style.font + 4 * style.padding;
  cv::Point corner(style.padding, style.padding);
  for (const LegendEntry& entry : entries) {
    const std::string text = fonts.shortened(entry.text, style.font, width - around_text);
    const int entry_width = fonts.text_width(text, style.font) + around_text;
    if (corner.x > style.padding && corner.x + entry_width > width) {
      corner = {style.padding, corner.y + line};
    }
    strip.entries.push_back({entry.colour, text, corner});
    corner.x += entry_width;
  }
  strip.height = corner.y + line;
  return strip;
}

}  // namespace

RgbImage with_legend(const RgbImage& picture, const std::vector<LegendEntry>& entries,
                     const LabelStyle& style, LabelFonts& fonts) {
  const Strip strip = lay_out(entries, static_cast<int>(picture.size.width), style, fonts);
  RgbImage out = new_rgb_image({picture.size.width, picture.size.height + strip.height}, "drawing");
  std::copy_n(picture.pixels.get(), picture.byte_count(), out.pixels.get());
  cv::Mat beneath = matrix_over(out).rowRange(static_cast<int>(picture.size.height),
                                              static_cast<int>(out.size.height));
  beneath.setTo(kPaper);
  for (const auto& [colour, text, corner] : strip.entries) {
    const cv::Rect square(corner + cv::Point(0, style.font / 4), cv::Size(style.font, style.font));
    cv::rectangle(beneath, square, scalar_of(colour), cv::FILLED);
    cv::rectangle(beneath, square, kInk);
    fonts.write(beneath, text, corner + cv::Point(style.font + style.padding, 0), style.font, kInk);
  }
  return out;
}

}  // namespace fo1
