#include "image/label_font.h"

#include <fontconfig/fontconfig.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <opencv2/imgproc.hpp>

#include "base/error.h"

namespace fo1 {
namespace {

struct Destroy {
  void operator()(FcPattern* pattern) const { FcPatternDestroy(pattern); }
  void operator()(FcCharSet* letters) const { FcCharSetDestroy(letters); }
};
using Pattern = std::unique_ptr<FcPattern, Destroy>;
using Letters = std::unique_ptr<FcCharSet, Destroy>;

Letters letters_of(const std::string& text) {
  Letters letters(FcCharSetCreate());
  const auto* at = reinterpret_cast<const FcChar8*>(text.data());
  for (auto left = static_cast<int>(text.size()); left > 0;) {
    FcChar32 letter = 0;
    const int length = FcUtf8ToUcs4(at, &letter, left);
    if (length <= 0) break;
    FcCharSetAddChar(letters.get(), letter);
    at += length;
    left -= length;
  }
  return letters;
}

struct FontFile {
  std::string path;
  int face = 0;  // a file may hold several
};

FontFile find_font(const std::string& text) {
  const Pattern wanted(FcPatternCreate());
  const Letters letters = letters_of(text);
  FcPatternAddString(wanted.get(), FC_FAMILY, reinterpret_cast<const FcChar8*>("sans-serif"));
  FcPatternAddCharSet(wanted.get(), FC_CHARSET, letters.get());
  FcPatternAddBool(wanted.get(), FC_SCALABLE, FcTrue);
  FcConfigSubstitute(nullptr, wanted.get(), FcMatchPattern);
  FcDefaultSubstitute(wanted.get());
  FcResult result = FcResultNoMatch;
  const Pattern found(FcFontMatch(nullptr, wanted.get(), &result));
  FcChar8* path = nullptr;
  if (!found || FcPatternGetString(found.get(), FC_FILE, 0, &path) != FcResultMatch) {
    fail(
        ErrorCode::kNotFound,
        "no font is installed to write labels with (the Debian package fonts-dejavu-core has one)");
  }
  int index = 0;
  FcPatternGetInteger(found.get(), FC_INDEX, 0, &index);
  return {reinterpret_cast<const char*>(path), index & 0xffff};  // above: variants of one face
}

std::string beyond_ascii(const std::string& text) {
  std::string letters;
  std::copy_if(text.begin(), text.end(), std::back_inserter(letters),
               [](unsigned char byte) { return byte >= 0x80; });
  return letters;
}

constexpr int kFilled = -1;
constexpr const char* kEllipsis = "\u2026";

}  // namespace

cv::freetype::FreeType2& LabelFonts::font_for(const std::string& text) {
  Font& font = by_letters_[beyond_ascii(text)];
  if (font) return *font;
  const FontFile file = find_font(text);
  Font& loaded = by_file_[cat(file.path, "#", file.face)];
  if (!loaded) {
    loaded = cv::freetype::createFreeType2();
    loaded->loadFontData(file.path, file.face);
  }
  font = loaded;
  return *font;
}

int LabelFonts::text_width(const std::string& text, int font_height) {
  if (text.empty()) return 0;
  return font_for(text).getTextSize(text, font_height, kFilled, nullptr).width;
}

std::string LabelFonts::shortened(const std::string& text, int font_height, int width) {
  if (text_width(text, font_height) <= width) return text;
  const auto is_inside_letter = [&](std::size_t at) { return (text[at] & 0xc0) == 0x80; };
  std::size_t fits = 0, too_long = text.size();
  while (too_long - fits > 1) {
    const std::size_t middle = (fits + too_long) / 2;
    (text_width(text.substr(0, middle) + kEllipsis, font_height) <= width ? fits : too_long) =
        middle;
  }
  while (fits > 0 && is_inside_letter(fits)) --fits;
  return text.substr(0, fits) + kEllipsis;
}

void LabelFonts::write(cv::Mat& picture, const std::string& text, cv::Point corner, int font_height,
                       const cv::Scalar& colour) {
  if (text.empty()) return;
  const cv::Point baseline(corner.x, corner.y + font_height);
  font_for(text).putText(picture, text, baseline, font_height, colour, kFilled, cv::LINE_AA, true);
}

}  // namespace fo1
