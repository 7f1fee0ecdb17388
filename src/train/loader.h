// Samples made ready ahead of their turn, by threads of their own.
#pragma once

#include <cstdint>
#include <deque>
#include <future>
#include <memory>
#include <vector>

#include "train/job.h"
#include "train/order.h"

namespace fo1::train {

class Loader {
 public:
  using Group = std::vector<std::unique_ptr<Prepared>>;

  // Gives the groups of the turns from `first` to before `end`, `ahead` of them under way at a
  // time.
  Loader(const Job& job, SampleOrder order, std::int64_t first, std::int64_t end,
         std::int64_t ahead);

  // The next turn's samples. Those that cannot be used are reported and left out: it may be empty.
  Group next();

 private:
  void fill();

  const Job& job_;
  SampleOrder order_;
  std::int64_t next_, end_, ahead_;
  std::deque<std::future<Group>> under_way_;
};

}  // namespace fo1::train
