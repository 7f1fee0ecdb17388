// Samples made ready ahead of their turn, by threads of their own.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <memory>

#include "train/job.h"

namespace fo1::train {

class Loader {
 public:
  // Gives the samples of the turns from `first` to before `end`, `ahead` of them under way at a
  // time. `sample_of` is called in order, from the thread that calls next().
  Loader(const Job& job, std::function<std::int64_t(std::int64_t turn)> sample_of,
         std::int64_t first, std::int64_t end, std::int64_t ahead);

  // The sample of the next turn; throws what making it ready threw.
  std::unique_ptr<Prepared> next();

 private:
  void fill();

  const Job& job_;
  std::function<std::int64_t(std::int64_t)> sample_of_;
  std::int64_t next_, end_, ahead_;
  std::deque<std::future<std::unique_ptr<Prepared>>> under_way_;
};

}  // namespace fo1::train
