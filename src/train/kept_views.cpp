#include "train/kept_views.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <numeric>
#include <utility>

namespace fo1::train {
namespace {

bool learns(const EncodedView& view) {
  return view.image.tokens.requires_grad() ||
         (view.regions.defined() && view.regions.requires_grad());
}

std::int64_t bytes_of(const EncodedView& view) {
  const auto bytes = [](const at::Tensor& tensor) {
    return tensor.defined() ? static_cast<std::int64_t>(tensor.nbytes()) : 0;
  };
  return bytes(view.image.tokens) + bytes(view.regions);
}

// What the language model reads, in memory of its own: no pixels, no maps, nothing of other
// pictures that went through the encoders with it.
EncodedView tokens_of(const EncodedView& view) {
  EncodedView tokens;
  tokens.image.grid = view.image.grid;
  tokens.image.tokens = view.image.tokens.clone();
  if (view.regions.defined()) tokens.regions = view.regions.clone();
  return tokens;
}

}  // namespace

KeptPictures KeptViews::find(std::size_t subject) const {
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(subject);
  return found == kept_.end() ? nullptr : found->second;
}

void KeptViews::keep(std::size_t subject, std::span<const EncodedView> views) {
  if (views.empty() || std::ranges::any_of(views, learns)) return;
  const std::int64_t bytes =
      std::transform_reduce(views.begin(), views.end(), std::int64_t{0}, std::plus<>(), bytes_of);
  const std::lock_guard lock(mutex_);
  if (bytes > room_ || kept_.contains(subject)) return;
  std::vector<EncodedView> tokens;
  std::ranges::transform(views, std::back_inserter(tokens), tokens_of);
  kept_[subject] = std::make_shared<const std::vector<EncodedView>>(std::move(tokens));
  room_ -= bytes;
}

}  // namespace fo1::train
