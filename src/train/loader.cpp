#include "train/loader.h"

#include "base/error.h"
#include "base/log.h"

namespace fo1::train {
namespace {

Loader::Group prepare_all(const Job& job, const SampleOrder::Group& samples, std::int64_t turn) {
  Loader::Group group;
  for (const std::int64_t sample : samples) {
    try {
      group.push_back(job.prepare(sample, turn));
    } catch (const Error& error) {
      if (!is_fault_of_sample(error.code())) throw;
      log(LogLevel::kWarning, error.what(), "; left out");
    }
  }
  return group;
}

}  // namespace

Loader::Loader(const Job& job, SampleOrder order, std::int64_t first, std::int64_t end,
               std::int64_t ahead)
    : job_(job), order_(std::move(order)), next_(first), end_(end), ahead_(ahead) {}

void Loader::fill() {
  while (next_ < end_ && static_cast<std::int64_t>(under_way_.size()) < ahead_) {
    const std::int64_t turn = next_++;
    under_way_.push_back(
        std::async(std::launch::async, prepare_all, std::cref(job_), order_.group(turn), turn));
  }
}

Loader::Group Loader::next() {
  fill();
  std::future<Group> first = std::move(under_way_.front());
  under_way_.pop_front();
  fill();
  return first.get();
}

}  // namespace fo1::train
