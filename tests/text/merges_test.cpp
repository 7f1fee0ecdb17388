#include "text/merges.h"

#include <gtest/gtest.h>

#include <map>

#include "text/support.h"

namespace fo1 {
namespace {

using Word = std::vector<std::int32_t>;
using Pair = std::pair<std::int32_t, std::int32_t>;

// The definition: as long as any pair can merge, take the one of lowest rank and merge all its
// occurrences from left to right.
test::Ids merge_by_definition(const std::map<Pair, Merge>& merges, Word word) {
  while (true) {
    const std::pair<const Pair, Merge>* best = nullptr;
    for (std::size_t i = 0; i + 1 < word.size(); ++i) {
      const auto found = merges.find({word[i], word[i + 1]});
      if (found == merges.end()) continue;
      if (!best || found->second.rank < best->second.rank) best = &*found;
    }
    if (!best) return {word.begin(), word.end()};
    Word next;
    for (std::size_t i = 0; i < word.size(); ++i) {
      const bool here = i + 1 < word.size() && Pair{word[i], word[i + 1]} == best->first;
      next.push_back(here ? best->second.id : word[i]);
      i += here;
    }
    word = next;
  }
}

// Strings made of letters, as in a real vocabulary, but ranked at random: also in orders that no
// training run leads to.
struct RandomMerges {
  std::map<Pair, Merge> by_pair;
  MergeTable table;

  RandomMerges(test::Random& random, std::int32_t letters, int count) {
    std::vector<std::string> spelled;
    std::map<std::string, std::int32_t> ids;
    for (std::int32_t i = 0; i < letters; ++i) add(std::string(1, 'a' + i), spelled, ids);
    for (int i = 0; i < count; ++i) {
      const auto left = static_cast<std::int32_t>(random.below(spelled.size()));
      const auto right = static_cast<std::int32_t>(random.below(spelled.size()));
      const std::int32_t id = add(spelled[left] + spelled[right], spelled, ids);
      by_pair[{left, right}] = {static_cast<std::int32_t>(random.below(1000000)), id};
    }
    for (const auto& [pair, merge] : by_pair) table.set(pair.first, pair.second, merge);
  }

  static std::int32_t add(const std::string& piece, std::vector<std::string>& spelled,
                          std::map<std::string, std::int32_t>& ids) {
    const auto [found, fresh] = ids.emplace(piece, static_cast<std::int32_t>(spelled.size()));
    if (fresh) spelled.push_back(piece);
    return found->second;
  }
};

TEST(Merger, AgreesWithTheDefinition) {
  test::Random random(7);
  int merged = 0;
  for (int round = 0; round < 300; ++round) {
    const auto letters = static_cast<std::int32_t>(1 + random.below(4));
    const RandomMerges merges(random, letters, 1 + static_cast<int>(random.below(30)));
    Merger merger(merges.table);
    for (int word_round = 0; word_round < 10; ++word_round) {
      Word word(random.below(40));
      for (std::int32_t& symbol : word) symbol = static_cast<std::int32_t>(random.below(letters));
      test::Ids ids;
      merger.merge(word, ids);
      EXPECT_EQ(ids, merge_by_definition(merges.by_pair, word));
      merged += ids.size() < word.size();
    }
  }
  EXPECT_GT(merged, 1000);
}

TEST(Merger, IsNotQuadratic) {
  MergeTable table;
  for (std::int32_t rank = 0; rank < 10; ++rank) table.set(rank, rank, {rank, rank + 1});
  test::Ids ids;
  Merger(table).merge(Word(256 * 1024, 0), ids);
  EXPECT_EQ(ids, test::Ids(256, 10));
}

}  // namespace
}  // namespace fo1
