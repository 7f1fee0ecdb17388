#include "text/merges.h"

#include <algorithm>
#include <functional>

namespace fo1 {
namespace {

constexpr std::int32_t kNone = -1;
constexpr std::int32_t kGone = -1;

std::uint64_t key_of(std::int32_t left, std::int32_t right) {
  return static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32 |
         static_cast<std::uint32_t>(right);
}

}  // namespace

void MergeTable::set(std::int32_t left, std::int32_t right, Merge merge) {
  merges_[key_of(left, right)] = merge;
}

const Merge* MergeTable::find(std::int32_t left, std::int32_t right) const {
  const auto found = merges_.find(key_of(left, right));
  return found == merges_.end() ? nullptr : &found->second;
}

bool Merger::Candidate::operator>(const Candidate& other) const {
  return merge.rank != other.merge.rank ? merge.rank > other.merge.rank : position > other.position;
}

void Merger::consider(std::int32_t position, std::vector<Candidate>& candidates) const {
  if (position == kNone || symbols_[position].next == kNone) return;
  const std::int32_t left = symbols_[position].id;
  const std::int32_t right = symbols_[symbols_[position].next].id;
  if (const Merge* merge = table_.find(left, right)) {
    candidates.push_back({*merge, position, left, right});
  }
}

bool Merger::still_there(const Candidate& candidate) const {
  const Symbol& left = symbols_[candidate.position];
  return left.id == candidate.left && left.next != kNone &&
         symbols_[left.next].id == candidate.right;
}

void Merger::apply(const Candidate& candidate) {
  Symbol& left = symbols_[candidate.position];
  Symbol& right = symbols_[left.next];
  left.id = candidate.merge.id;
  left.next = right.next;
  right.id = kGone;
  if (left.next != kNone) symbols_[left.next].previous = candidate.position;
  consider(left.previous, fresh_);
  consider(candidate.position, fresh_);
}

Merger::Candidate Merger::pop() {
  std::pop_heap(heap_.begin(), heap_.end(), std::greater<>());
  const Candidate candidate = heap_.back();
  heap_.pop_back();
  return candidate;
}

void Merger::push_fresh() {
  for (const Candidate& candidate : fresh_) {
    heap_.push_back(candidate);
    std::push_heap(heap_.begin(), heap_.end(), std::greater<>());
  }
  fresh_.clear();
}

// All merges of the lowest rank are made, left to right, before pairs that they create are looked
// at: so it is defined, and it matters for merge lists that are not in the order of a training run.
void Merger::merge(const std::vector<std::int32_t>& word, std::vector<std::int64_t>& ids) {
  const auto size = static_cast<std::int32_t>(word.size());
  symbols_.clear();
  for (std::int32_t i = 0; i < size; ++i) {
    symbols_.push_back({word[i], i - 1, i + 1 < size ? i + 1 : kNone});
  }
  for (std::int32_t i = 0; i < size; ++i) consider(i, heap_);
  std::make_heap(heap_.begin(), heap_.end(), std::greater<>());
  while (!heap_.empty()) {
    const std::int32_t rank = heap_.front().merge.rank;
    while (!heap_.empty() && heap_.front().merge.rank == rank) {
      const Candidate candidate = pop();
      if (still_there(candidate)) apply(candidate);
    }
    push_fresh();
  }
  for (std::int32_t i = 0; i != kNone && i < size; i = symbols_[i].next) {
    ids.push_back(symbols_[i].id);
  }
}

}  // namespace fo1
