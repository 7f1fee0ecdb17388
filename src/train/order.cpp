#include "train/order.h"

#include <algorithm>
#include <map>
#include <random>

#include "base/error.h"
#include "base/log.h"

namespace fo1::train {

SampleOrder::SampleOrder(const Job& job, std::uint64_t seed, std::int64_t most)
    : seed_(seed), most_(static_cast<std::size_t>(most)) {
  std::map<std::int64_t, Group> by_shape;
  for (std::int64_t sample = 0; sample < job.samples(); ++sample) {
    try {
      by_shape[most > 1 ? job.shape(sample) : 0].push_back(sample);
    } catch (const Error& error) {
      if (!is_fault_of_sample(error.code())) throw;
      log(LogLevel::kWarning, error.what(), "; left out");
    }
  }
  if (by_shape.empty()) fail(ErrorCode::kCorruptFile, "no sample can be used");
  for (auto& [shape, samples] : by_shape) {
    count_ += static_cast<std::int64_t>((samples.size() + most_ - 1) / most_);
    shapes_.push_back(std::move(samples));
  }
}

void SampleOrder::shuffle(std::int64_t epoch) {
  epoch_ = epoch;
  std::seed_seq seed{seed_, static_cast<std::uint64_t>(epoch)};
  std::mt19937_64 random(seed);
  groups_.clear();
  for (Group samples : shapes_) {
    std::shuffle(samples.begin(), samples.end(), random);
    for (std::size_t first = 0; first < samples.size(); first += most_) {
      const std::size_t end = std::min(first + most_, samples.size());
      groups_.emplace_back(samples.begin() + static_cast<std::ptrdiff_t>(first),
                           samples.begin() + static_cast<std::ptrdiff_t>(end));
    }
  }
  std::shuffle(groups_.begin(), groups_.end(), random);
}

const SampleOrder::Group& SampleOrder::group(std::int64_t turn) {
  if (turn / count_ != epoch_) shuffle(turn / count_);
  return groups_[static_cast<std::size_t>(turn % count_)];
}

}  // namespace fo1::train
