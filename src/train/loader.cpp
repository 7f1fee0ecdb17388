#include "train/loader.h"

namespace fo1::train {

Loader::Loader(const Job& job, std::function<std::int64_t(std::int64_t turn)> sample_of,
               std::int64_t first, std::int64_t end, std::int64_t ahead)
    : job_(job), sample_of_(std::move(sample_of)), next_(first), end_(end), ahead_(ahead) {}

void Loader::fill() {
  while (next_ < end_ && static_cast<std::int64_t>(under_way_.size()) < ahead_) {
    const std::int64_t turn = next_++, sample = sample_of_(turn);
    under_way_.push_back(std::async(
        std::launch::async, [&job = job_, sample, turn] { return job.prepare(sample, turn); }));
  }
}

std::unique_ptr<Prepared> Loader::next() {
  fill();
  std::future<std::unique_ptr<Prepared>> first = std::move(under_way_.front());
  under_way_.pop_front();
  fill();
  return first.get();
}

}  // namespace fo1::train
