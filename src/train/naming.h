// What is where in a picture, said without language: for each place the kind of thing that is
// there, and the letters on it.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/stage_types.h"
#include "nn/linear.h"
#include "train/coco_boxes.h"

namespace fo1::train {

// Numbers for all that can be said of a place.
class NamingWords {
 public:
  static constexpr std::int64_t kMostLetters = 16;  // of a text; the others are not learnt
  static constexpr std::int64_t kUnknown = -100;    // nothing is learnt there

  // Kinds and letters of these samples.
  explicit NamingWords(const std::vector<BoxSample>& samples);

  std::int64_t kinds() const { return static_cast<std::int64_t>(kinds_.size()); }
  std::int64_t letters() const { return static_cast<std::int64_t>(letters_.size()); }
  std::int64_t length() const { return length_; }  // of the longest text and its end
  // From 1 on; kUnknown for a name that is empty.
  std::int64_t kind(const std::string& name) const;
  std::vector<std::string> names() const;  // of the kinds 1, 2 ...
  // length() numbers: bytes from 1 on, 0 as the end, then kUnknown; all kUnknown for no text.
  std::vector<std::int64_t> spelt(const std::string& text) const;

 private:
  std::map<std::string, std::int64_t> kinds_;
  std::map<char, std::int64_t> letters_;
  std::int64_t length_ = 1;
};

// Of N places.
struct NamingTargets {
  at::Tensor kinds;    // int64 [N], 0: nothing is there
  at::Tensor letters;  // int64 [N, length]
  at::Tensor weights;  // float32 [N], their sum is 1
};

// Of a picture's merged cells: the smallest box around a cell's centre is what is there; a box
// around no centre is in the cell of its own. Every thing counts the same, and all cells with
// nothing in them as one more. Where letters have boxes, a cell spells those in it.
NamingTargets name_cells(const BoxSample& sample, Size picture, Size grid,
                         const NamingWords& words);
// Of the sample's boxes, then of `nothing` boxes with nothing in them. Whole texts are spelt.
NamingTargets name_boxes(const BoxSample& sample, std::int64_t nothing, const NamingWords& words);
// One after another, each picture counting the same.
NamingTargets join(const std::vector<NamingTargets>& all);

struct NamingLoss {
  at::Tensor kinds, letters;              // scalars
  at::Tensor right_kinds, right_letters;  // shares, of the things that are there
};

// How the rows of a language model's table spell names.
struct NameSpelling {
  at::Tensor rows;   // int64 [T], of all names' tokens
  at::Tensor names;  // int64 [T], whose each is, from 0 on
  std::int64_t count = 0;

  // The mean directions of the names' rows: float32 [count, width], each of length 1.
  at::Tensor directions(const at::Tensor& table) const;
};

// Says of each token what is there. Kinds are told by how near a token is to their names in the
// language model's own table, so that it is read as the names are. The tokens' directions alone
// count: their lengths are the language model's.
struct NamingHeadImpl : torch::nn::Module {
  NamingHeadImpl(std::int64_t width, const NamingWords& words, const at::TensorOptions& options);
  // tokens: [N, width]; names: [kinds, width], see NameSpelling
  NamingLoss loss(const at::Tensor& tokens, const NamingTargets& targets, const at::Tensor& names);

  Linear nothing{nullptr};  // that nothing is there
  Linear letters{nullptr};  // one after another, 0: the end
  std::int64_t width = 0;
};
TORCH_MODULE(NamingHead);

}  // namespace fo1::train
