// Colours for labels.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace fo1 {

using Colour = std::array<std::uint8_t, 3>;  // RGB

inline constexpr std::size_t kPaletteSize = 16;

// A colour per distinct label. A label's colour follows from its text; labels that meet on one
// colour move on to the next free one, in the order of `labels`. Beyond kPaletteSize labels colours
// repeat.
std::map<std::string, Colour> label_colours(const std::vector<std::string>& labels);

// Black or white, whichever can be read on `background`.
Colour text_colour(const Colour& background);

}  // namespace fo1
