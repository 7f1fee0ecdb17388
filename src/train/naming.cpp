#include "train/naming.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>

namespace fo1::train {
namespace {

constexpr double kEps = 1e-6;
constexpr std::size_t kNothing = std::numeric_limits<std::size_t>::max();

double area(const Box& box) {
  return (box.x2 - box.x1) * (box.y2 - box.y1);
}

bool is_inside(double x, double y, const Box& box) {
  return x >= box.x1 && x < box.x2 && y >= box.y1 && y < box.y2;
}

// things: of each place, which of the sample's boxes is there.
NamingTargets targets_of(const BoxSample& sample, const std::vector<std::size_t>& things,
                         const std::vector<float>& weights, const NamingWords& words) {
  std::vector<std::int64_t> kinds, letters;
  for (const std::size_t thing : things) {
    kinds.push_back(thing == kNothing ? 0 : words.kind(sample.kinds[thing]));
    const auto spelt = words.spelt(thing == kNothing ? "" : sample.texts[thing]);
    letters.insert(letters.end(), spelt.begin(), spelt.end());
  }
  const at::Tensor weight = at::tensor(weights, at::kFloat);
  return {at::tensor(kinds, at::kLong), at::tensor(letters, at::kLong).view({-1, words.length()}),
          weight / weight.sum()};
}

std::vector<std::size_t> things_in_cells(const BoxSample& sample, Size picture, Size grid) {
  std::vector<std::size_t> by_size(sample.boxes.size());
  for (std::size_t b = 0; b < by_size.size(); ++b) by_size[b] = b;
  std::ranges::stable_sort(by_size, std::ranges::greater(),
                           [&](std::size_t b) { return area(sample.boxes[b]); });
  const double width = static_cast<double>(picture.width) / static_cast<double>(grid.width);
  const double height = static_cast<double>(picture.height) / static_cast<double>(grid.height);
  std::vector<std::size_t> things(static_cast<std::size_t>(grid.width * grid.height), kNothing);
  const auto cell = [&](std::int64_t row, std::int64_t column) -> std::size_t& {
    return things[static_cast<std::size_t>(row * grid.width + column)];
  };
  const auto put_at_centre = [&](std::size_t b) {
    const Box& box = sample.boxes[b];
    const auto along = [](double centre, double side, std::int64_t count) {
      return std::clamp(static_cast<std::int64_t>(centre / side), std::int64_t{0}, count - 1);
    };
    cell(along((box.y1 + box.y2) / 2, height, grid.height),
         along((box.x1 + box.x2) / 2, width, grid.width)) = b;
  };
  for (const std::size_t b : by_size) {
    bool found = false;
    for (std::int64_t row = 0; row < grid.height; ++row) {
      for (std::int64_t column = 0; column < grid.width; ++column) {
        const double x = (static_cast<double>(column) + 0.5) * width;
        const double y = (static_cast<double>(row) + 0.5) * height;
        if (!is_inside(x, y, sample.boxes[b])) continue;
        cell(row, column) = b;
        found = true;
      }
    }
    if (!found) put_at_centre(b);
  }
  return things;
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
  const std::vector<std::size_t> things = things_in_cells(sample, picture, grid);
  std::map<std::size_t, float> counts;
  for (const std::size_t thing : things) ++counts[thing];
  std::vector<float> weights(things.size());
  std::ranges::transform(things, weights.begin(), [&](std::size_t t) { return 1 / counts[t]; });
  return targets_of(sample, things, weights, words);
}

NamingTargets name_boxes(const BoxSample& sample, std::int64_t nothing, const NamingWords& words) {
  std::vector<std::size_t> things(sample.boxes.size());
  for (std::size_t b = 0; b < things.size(); ++b) things[b] = b;
  things.insert(things.end(), static_cast<std::size_t>(nothing), kNothing);
  return targets_of(sample, things, std::vector<float>(things.size(), 1), words);
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

NamingHeadImpl::NamingHeadImpl(std::int64_t width, const NamingWords& words,
                               const at::TensorOptions& options)
    : kinds(width, words.kinds() + 1, true, options),
      letters(width, words.length() * (words.letters() + 1), true, options),
      width(width) {
  register_module("kinds", kinds);
  register_module("letters", letters);
}

NamingLoss NamingHeadImpl::loss(const at::Tensor& tokens, const NamingTargets& targets) {
  const auto mean = [](const at::Tensor& values, const at::Tensor& weights) {
    return values.mul(weights).sum() / weights.sum().clamp_min(kEps);
  };
  const auto cross_entropy = [](const at::Tensor& logits, const at::Tensor& wanted) {
    return at::cross_entropy_loss(logits, wanted, {}, at::Reduction::None, NamingWords::kUnknown);
  };
  const at::Tensor directions = at::layer_norm(tokens.to(at::kFloat), {width});
  const at::Tensor names = kinds->forward(directions).to(at::kFloat);  // [N, kinds + 1]
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
  return {mean(cross_entropy(names, targets.kinds), targets.weights),
          mean(cross_entropy(spelt, wanted), weights), mean(right(names, targets.kinds), there),
          mean(right(spelt, wanted), weights)};
}

}  // namespace fo1::train
