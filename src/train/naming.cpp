#include "train/naming.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace fo1::train {
namespace {

constexpr double kEps = 1e-6;
constexpr double kSharpness = 20;  // of the choice among kinds: the logit of the very direction
constexpr std::size_t kNothing = std::numeric_limits<std::size_t>::max();

double area(const Box& box) {
  return (box.x2 - box.x1) * (box.y2 - box.y1);
}

bool is_inside(double x, double y, const Box& box) {
  return x >= box.x1 && x < box.x2 && y >= box.y1 && y < box.y2;
}

// The sample's boxes, those with the smallest key first.
std::vector<std::size_t> boxes_by(const BoxSample& sample, double (*key)(const Box&)) {
  std::vector<std::size_t> order(sample.boxes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t b) { return key(sample.boxes[b]); });
  return order;
}

// Of each box, whether its text is a piece of another one, such as one of its letters.
std::vector<bool> pieces_of(const BoxSample& sample) {
  std::vector<bool> is_piece(sample.boxes.size());
  for (std::size_t b = 0; b < is_piece.size(); ++b) {
    if (sample.texts[b].empty()) continue;
    const Box& box = sample.boxes[b];
    for (std::size_t whole = 0; whole < is_piece.size() && !is_piece[b]; ++whole) {
      is_piece[b] = sample.texts[whole].size() > sample.texts[b].size() &&
                    is_inside((box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2, sample.boxes[whole]);
    }
  }
  return is_piece;
}

// things: of each place, which of the sample's boxes is there; texts: what is to be spelt there.
NamingTargets targets_of(const BoxSample& sample, const std::vector<std::size_t>& things,
                         const std::vector<std::string>& texts, const std::vector<float>& weights,
                         const NamingWords& words) {
  std::vector<std::int64_t> kinds, letters;
  for (std::size_t place = 0; place < things.size(); ++place) {
    const std::size_t thing = things[place];
    kinds.push_back(thing == kNothing ? 0 : words.kind(sample.kinds[thing]));
    const auto spelt = words.spelt(texts[place]);
    letters.insert(letters.end(), spelt.begin(), spelt.end());
  }
  const at::Tensor weight = at::tensor(weights, at::kFloat);
  return {at::tensor(kinds, at::kLong), at::tensor(letters, at::kLong).view({-1, words.length()}),
          weight / weight.sum()};
}

// The merged cells of a picture.
struct Cells {
  Cells(Size picture, Size grid)
      : columns(grid.width),
        rows(grid.height),
        width(static_cast<double>(picture.width) / static_cast<double>(grid.width)),
        height(static_cast<double>(picture.height) / static_cast<double>(grid.height)) {}

  std::size_t count() const { return static_cast<std::size_t>(columns * rows); }
  std::size_t at(std::int64_t row, std::int64_t column) const {
    return static_cast<std::size_t>(row * columns + column);
  }
  // That with a box's centre in it.
  std::size_t of(const Box& box) const {
    const auto along = [](double centre, double side, std::int64_t count) {
      return std::clamp(static_cast<std::int64_t>(centre / side), std::int64_t{0}, count - 1);
    };
    return at(along((box.y1 + box.y2) / 2, height, rows),
              along((box.x1 + box.x2) / 2, width, columns));
  }

  std::int64_t columns, rows;
  double width, height;  // of a cell, in pixels
};

std::vector<std::size_t> things_in(const Cells& cells, const BoxSample& sample) {
  std::vector<std::size_t> things(cells.count(), kNothing);
  for (const std::size_t b : boxes_by(sample, [](const Box& box) { return -area(box); })) {
    bool found = false;
    for (std::int64_t row = 0; row < cells.rows; ++row) {
      for (std::int64_t column = 0; column < cells.columns; ++column) {
        const double x = (static_cast<double>(column) + 0.5) * cells.width;
        const double y = (static_cast<double>(row) + 0.5) * cells.height;
        if (!is_inside(x, y, sample.boxes[b])) continue;
        things[cells.at(row, column)] = b;
        found = true;
      }
    }
    if (!found) things[cells.of(sample.boxes[b])] = b;
  }
  return things;
}

// Pieces of texts where they are; where none is known, the text of what is there.
std::vector<std::string> texts_in(const Cells& cells, const BoxSample& sample,
                                  const std::vector<std::size_t>& things) {
  const std::vector<bool> is_piece = pieces_of(sample);
  std::vector<std::string> texts(cells.count());
  for (const std::size_t b : boxes_by(sample, [](const Box& box) { return box.x1; })) {
    if (is_piece[b]) texts[cells.of(sample.boxes[b])] += sample.texts[b];
  }
  if (std::ranges::find(is_piece, true) != is_piece.end()) return texts;
  for (std::size_t cell = 0; cell < texts.size(); ++cell) {
    if (things[cell] != kNothing) texts[cell] = sample.texts[things[cell]];
  }
  return texts;
}

}  // namespace

NamingWords::NamingWords(const std::vector<BoxSample>& samples) {
  for (const BoxSample& sample : samples) {
    for (const std::string& kind : sample.kinds) {
      if (!kind.empty()) kinds_[kind] = 0;
    }
    for (const std::string& text : sample.texts) {
      const auto bytes = static_cast<std::int64_t>(text.size());
      if (bytes > kMostLetters) continue;
      for (const char letter : text) letters_[letter] = 0;
      length_ = std::max(length_, bytes + 1);
    }
  }
  std::int64_t next = 1;
  for (auto& item : kinds_) item.second = next++;
  next = 1;
  for (auto& item : letters_) item.second = next++;
}

std::int64_t NamingWords::kind(const std::string& name) const {
  return name.empty() ? kUnknown : kinds_.at(name);
}

std::vector<std::string> NamingWords::names() const {
  std::vector<std::string> names;
  for (const auto& item : kinds_) names.push_back(item.first);
  return names;
}

std::vector<std::int64_t> NamingWords::spelt(const std::string& text) const {
  std::vector<std::int64_t> numbers;
  if (!text.empty() && static_cast<std::int64_t>(text.size()) <= kMostLetters) {
    for (const char letter : text) numbers.push_back(letters_.at(letter));
    numbers.push_back(0);
  }
  numbers.resize(static_cast<std::size_t>(length_), kUnknown);
  return numbers;
}

NamingTargets name_cells(const BoxSample& sample, Size picture, Size grid,
                         const NamingWords& words) {
  const Cells cells(picture, grid);
  const std::vector<std::size_t> things = things_in(cells, sample);
  std::map<std::size_t, float> counts;
  for (const std::size_t thing : things) ++counts[thing];
  std::vector<float> weights(things.size());
  std::ranges::transform(things, weights.begin(), [&](std::size_t t) { return 1 / counts[t]; });
  return targets_of(sample, things, texts_in(cells, sample, things), weights, words);
}

NamingTargets name_boxes(const BoxSample& sample, std::int64_t nothing, const NamingWords& words) {
  std::vector<std::size_t> things(sample.boxes.size());
  for (std::size_t b = 0; b < things.size(); ++b) things[b] = b;
  things.insert(things.end(), static_cast<std::size_t>(nothing), kNothing);
  const std::vector<bool> is_piece = pieces_of(sample);
  std::vector<std::string> texts(things.size());
  for (std::size_t b = 0; b < is_piece.size(); ++b) {
    if (!is_piece[b]) texts[b] = sample.texts[b];
  }
  return targets_of(sample, things, texts, std::vector<float>(things.size(), 1), words);
}

NamingTargets join(const std::vector<NamingTargets>& all) {
  std::vector<at::Tensor> kinds, letters, weights;
  for (const NamingTargets& each : all) {
    kinds.push_back(each.kinds);
    letters.push_back(each.letters);
    weights.push_back(each.weights / static_cast<double>(all.size()));
  }
  return {at::cat(kinds), at::cat(letters), at::cat(weights)};
}

at::Tensor NameSpelling::directions(const at::Tensor& table) const {
  const auto unit = [](const at::Tensor& vectors) {
    return vectors / vectors.norm(2, -1, /*keepdim=*/true).clamp_min(kEps);
  };
  const at::Tensor tokens = unit(table.index_select(0, rows).to(at::kFloat));
  return unit(at::zeros({count, table.size(1)}, tokens.options()).index_add(0, names, tokens));
}

NamingHeadImpl::NamingHeadImpl(std::int64_t width, const NamingWords& words,
                               const at::TensorOptions& options)
    : nothing(width, 1, true, options),
      letters(width, words.length() * (words.letters() + 1), true, options),
      width(width) {
  register_module("nothing", nothing);
  register_module("letters", letters);
}

NamingLoss NamingHeadImpl::loss(const at::Tensor& tokens, const NamingTargets& targets,
                                const at::Tensor& names) {
  const auto mean = [](const at::Tensor& values, const at::Tensor& weights) {
    return values.mul(weights).sum() / weights.sum().clamp_min(kEps);
  };
  const auto cross_entropy = [](const at::Tensor& logits, const at::Tensor& wanted) {
    return at::cross_entropy_loss(logits, wanted, {}, at::Reduction::None, NamingWords::kUnknown);
  };
  const at::Tensor directions = at::layer_norm(tokens.to(at::kFloat), {width});
  const double scale = kSharpness / std::sqrt(static_cast<double>(width));
  const at::Tensor kinds =  // [N, 1 + kinds]
      at::cat({nothing->forward(directions), directions.matmul(names.t()) * scale}, 1)
          .to(at::kFloat);
  const std::int64_t length = targets.letters.size(1);
  const at::Tensor spelt = letters->forward(directions)
                               .to(at::kFloat)
                               .view({tokens.size(0) * length, -1});  // [N * length, letters + 1]
  const at::Tensor wanted = targets.letters.flatten();
  const at::Tensor weights =
      targets.weights.repeat_interleave(length) * wanted.ne(NamingWords::kUnknown).to(at::kFloat);
  const at::Tensor there = targets.weights * targets.kinds.gt(0).to(at::kFloat);
  const auto right = [](const at::Tensor& logits, const at::Tensor& number) {
    return logits.detach().argmax(-1).eq(number).to(at::kFloat);
  };
  return {mean(cross_entropy(kinds, targets.kinds), targets.weights),
          mean(cross_entropy(spelt, wanted), weights), mean(right(kinds, targets.kinds), there),
          mean(right(spelt, wanted), weights)};
}

}  // namespace fo1::train
