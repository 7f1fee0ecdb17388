// Text on pictures, in any script that an installed font covers.
#pragma once

#include <map>
#include <opencv2/core.hpp>
#include <opencv2/freetype.hpp>
#include <string>

#include "image/palette.h"

namespace fo1 {

inline cv::Scalar scalar_of(const Colour& colour) {
  return cv::Scalar(colour[0], colour[1], colour[2]);
}

struct LabelStyle {
  int font = 13;    // height of letters, pixels
  int padding = 4;  // left and right of a text
};

class LabelFonts {
 public:
  // Pixels from the top of the capitals to below the letters' descenders, with some air.
  static int line_height(int font_height) { return font_height * 5 / 4; }

  int text_width(const std::string& text, int font_height);
  // `text` itself, or as much of its beginning as fits into `width` pixels with an ellipsis.
  std::string shortened(const std::string& text, int font_height, int width);
  // `corner` is the top left of a line of line_height(). UTF-8; what is not shows as U+FFFD.
  void write(cv::Mat& picture, const std::string& text, cv::Point corner, int font_height,
             const cv::Scalar& colour);

 private:
  using Font = cv::Ptr<cv::freetype::FreeType2>;

  // The font that has the most of the text's letters. Throws kNotFound when none is installed.
  cv::freetype::FreeType2& font_for(const std::string& text);

  std::map<std::string, Font> by_letters_;  // letters beyond ASCII, which every font has
  std::map<std::string, Font> by_file_;
};

}  // namespace fo1
