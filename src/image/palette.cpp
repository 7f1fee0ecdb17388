#include "image/palette.h"

namespace fo1 {
namespace {

// Far apart from each other; strong enough to be seen on bright pictures and on dark ones.
constexpr Colour kPalette[kPaletteSize] = {
    {230, 25, 75},  {60, 180, 75},  {0, 130, 200}, {245, 130, 48}, {145, 30, 180}, {0, 200, 220},
    {240, 50, 230}, {150, 220, 0},  {0, 128, 128}, {255, 215, 0},  {170, 110, 40}, {255, 105, 180},
    {128, 0, 0},    {90, 160, 255}, {128, 128, 0}, {110, 80, 255},
};

// FNV-1a: the same on every machine, unlike std::hash.
std::size_t text_hash(const std::string& text) {
  std::uint32_t hash = 2166136261;
  for (const char letter : text) hash = (hash ^ static_cast<unsigned char>(letter)) * 16777619;
  return hash;
}

}  // namespace

std::map<std::string, Colour> label_colours(const std::vector<std::string>& labels) {
  std::map<std::string, Colour> colours;
  std::array<bool, kPaletteSize> taken{};
  for (const std::string& label : labels) {
    if (colours.contains(label)) continue;
    std::size_t index = text_hash(label) % kPaletteSize;
    if (colours.size() < kPaletteSize) {
      while (taken[index]) index = (index + 1) % kPaletteSize;
    }
    taken[index] = true;
    colours[label] = kPalette[index];
  }
  return colours;
}

Colour text_colour(const Colour& background) {
  const double luminance = 0.299 * background[0] + 0.587 * background[1] + 0.114 * background[2];
  return luminance > 140 ? Colour{0, 0, 0} : Colour{255, 255, 255};
}

}  // namespace fo1
