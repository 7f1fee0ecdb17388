// In which order samples are learnt.
#pragma once

#include <cstdint>
#include <vector>

#include "train/job.h"

namespace fo1::train {

// Each epoch is all samples, in groups of one shape and in an order that the seed and the epoch's
// number fix.
class SampleOrder {
 public:
  using Group = std::vector<std::int64_t>;

  // `most`: samples of a group. Where that is more than one, samples without a shape are reported
  // and left out; throws kCorruptFile when none is left.
  SampleOrder(const Job& job, std::uint64_t seed, std::int64_t most);
  // Counted through all epochs.
  const Group& group(std::int64_t turn);

 private:
  void shuffle(std::int64_t epoch);

  std::uint64_t seed_;
  std::size_t most_;
  std::vector<Group> shapes_;  // samples of each shape
  std::int64_t count_ = 0;     // groups of an epoch
  std::int64_t epoch_ = -1;
  std::vector<Group> groups_;  // of this epoch
};

}  // namespace fo1::train
