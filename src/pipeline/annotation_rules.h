// What all annotation files have in common: which boxes are written, and the numbers of labels.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "fo1/annotations.h"

namespace fo1 {

// `value` to the nearest 1/`parts`: what is written has no digits that mean nothing.
double rounded(double value, double parts);
inline constexpr double kPartsOfPixel = 1e3;  // of lengths
inline constexpr double kPartsOfArea = 1e6;   // so that an area is the product of its sides
inline constexpr double kPartsOfScore = 1e6;

// The annotations of which something is left inside the image, boxes clipped and rounded, scores
// rounded. Throws kInvalidArgument naming the image and what is wrong with it.
std::vector<Annotation> visible_annotations(const AnnotatedImage& image);

// The place of each label in a list.
class LabelIndex {
 public:
  // Throws kInvalidArgument for an empty label and one that is listed twice.
  explicit LabelIndex(const std::vector<std::string>& labels);

  // Throws kInvalidArgument, naming the image, for a label that is not in the list.
  std::int64_t at(const std::string& label, const AnnotatedImage& image) const;

 private:
  std::unordered_map<std::string, std::int64_t> index_;
};

}  // namespace fo1
