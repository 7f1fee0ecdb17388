// The merge loop of byte pair encoding.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace fo1 {

// What two neighbours become, and how soon: the lowest rank goes first.
struct Merge {
  std::int32_t rank;
  std::int32_t id;
};

class MergeTable {
 public:
  void set(std::int32_t left, std::int32_t right, Merge merge);
  const Merge* find(std::int32_t left, std::int32_t right) const;  // null: they do not merge

 private:
  std::unordered_map<std::uint64_t, Merge> merges_;
};

// Merges one word after another, reusing its memory. O(n log n) in the length of a word.
class Merger {
 public:
  explicit Merger(const MergeTable& table) : table_(table) {}

  // Appends what the symbols of one word end up as.
  void merge(const std::vector<std::int32_t>& word, std::vector<std::int64_t>& ids);

 private:
  // A place in a doubly linked list; `id` is kGone once merged into its left neighbour.
  struct Symbol {
    std::int32_t id;
    std::int32_t previous;
    std::int32_t next;
  };
  // A pair that could merge, if both symbols are still what they were.
  struct Candidate {
    Merge merge;
    std::int32_t position;
    std::int32_t left;
    std::int32_t right;
    bool operator>(const Candidate& other) const;
  };

  void consider(std::int32_t position, std::vector<Candidate>& candidates) const;
  bool still_there(const Candidate& candidate) const;
  void apply(const Candidate& candidate);
  Candidate pop();
  void push_fresh();

  const MergeTable& table_;
  std::vector<Symbol> symbols_;
  std::vector<Candidate> heap_;   // the next merge on top
  std::vector<Candidate> fresh_;  // found while merges of one rank are under way
};

}  // namespace fo1
