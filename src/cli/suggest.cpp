#include "cli/suggest.h"

#include <algorithm>
#include <numeric>

namespace fo1::cli {
namespace {

// Insertions, deletions and replacements that turn one word into the other.
std::size_t edits(const std::string& from, const std::string& to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string closest(const std::string& word, const std::vector<std::string>& known) {
  std::string best;
  std::size_t fewest = word.size() / 3 + 1;  // more edits than that: another word
  for (const std::string& candidate : known) {
    const std::size_t needed = edits(word, candidate);
    if (needed < fewest || (needed == fewest && best.empty())) {
      best = candidate;
      fewest = needed;
    }
  }
  return best;
}

}  // namespace fo1::cli
