// Properties of the parser on random answers: well formed ones come back as they were meant, broken
// ones never fail.
#include "support/random.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "task/support.h"

namespace fo1 {
namespace {

using test::Random;

constexpr std::int64_t kOffered = 12;
constexpr int kRounds = 3000;

struct Meant {
  std::string text, plain;
  std::vector<Grounding> groundings;
  std::vector<std::int64_t> regions;
};

void add_once(std::vector<std::int64_t>& list, std::int64_t value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

// One grounding after another, prose between them; the expectation is kept by the plainest means.
Meant random_answer(Random& random) {
  const std::vector<std::string> labels = {"cat", "red car", "猫", "", "a, b", "x>y"};
  const std::vector<std::string> prose = {"", " and ", "\n", ". Seen: ", "完成。", "3 < 4"};
  Meant meant;
  for (std::size_t left = random.below(6); left > 0; --left) {
    const std::string words = random.pick(prose);
    const std::string label = random.pick(labels);
    meant.text += words + "<ground>" + label + "</ground><objects>";
    meant.plain += words + label;
    auto known = std::find_if(meant.groundings.begin(), meant.groundings.end(),
                              [&](const Grounding& grounding) { return grounding.label == label; });
    if (known == meant.groundings.end()) {
      known = meant.groundings.insert(known, Grounding{label, {}});
    }
    std::vector<std::int64_t> named = test::indexes(*known);
    for (std::size_t regions = random.below(5); regions > 0; --regions) {
      const auto region = static_cast<std::int64_t>(random.below(kOffered + 2));
      meant.text += "<region" + std::to_string(region) + ">";
      if (region >= kOffered) continue;
      add_once(meant.regions, region);
      add_once(named, region);
    }
    known->regions.clear();
    for (const std::int64_t region : named) known->regions.push_back({region, 1, 0});
    meant.text += "</objects>";
  }
  return meant;
}

TEST(RandomAnswers, WellFormedOnesComeBackAsMeant) {
  Random random(1);
  for (int round = 0; round < kRounds; ++round) {
    const Meant meant = random_answer(random);
    SCOPED_TRACE(meant.text);
    const ParsedAnswer parsed = parse_answer(test::said(meant.text), kOffered, {});
    ASSERT_EQ(parsed.groundings.size(), meant.groundings.size());
    for (std::size_t i = 0; i < meant.groundings.size(); ++i) {
      EXPECT_EQ(parsed.groundings[i].label, meant.groundings[i].label);
      EXPECT_EQ(test::indexes(parsed.groundings[i]), test::indexes(meant.groundings[i]));
    }
    EXPECT_EQ(parsed.regions, meant.regions);
    EXPECT_EQ(parsed.plain, meant.plain);
  }
}

// A random answer, damaged; tags put where they do not belong.
std::string broken_answer(Random& random) {
  static const std::vector<std::string> scraps = {
      "<ground>",  "</ground>", "<objects>", "</objects>", "<region",   ">",
      "<region7>", "<region٣>", "<think>",   "</think>",   "<answer>",  "</answer>",
      "\n",        "\xff",      "\xe7\x8c",  "<",          "<region1>:"};
  return random.mutated(random_answer(random).text, scraps);
}

// Pieces of random sizes over the whole text.
GeneratedText in_random_pieces(std::string text, Random& random) {
  GeneratedText said{std::move(text), {}};
  for (std::size_t at = 0; at < said.text.size();) {
    const std::size_t end = std::min(at + random.below(9), said.text.size());
    said.pieces.push_back({at, end, static_cast<double>(random.below(101)) / 100});
    at = end;
  }
  return said;
}

void expect_sound(const ParsedAnswer& parsed) {
  for (const Grounding& grounding : parsed.groundings) {
    for (const NamedRegion& region : grounding.regions) {
      EXPECT_THAT(parsed.regions, testing::Contains(region.index));
      EXPECT_TRUE(region.confidence >= 0 && region.confidence <= 1);
    }
  }
  for (const std::int64_t region : parsed.regions) EXPECT_TRUE(region >= 0 && region < kOffered);
  for (const DroppedRegion& dropped : parsed.dropped) EXPECT_GE(dropped.region, kOffered);
  std::size_t at = 0;
  for (const Span& span : parsed.spans) {
    EXPECT_FALSE(span.regions.empty());
    at = parsed.plain.find(span.text, at);
    ASSERT_NE(at, std::string::npos) << span.text;
    at += span.text.size();
  }
}

TEST(RandomAnswers, BrokenOnesStaySound) {
  Random random(2);
  for (int round = 0; round < kRounds; ++round) {
    const std::string text = broken_answer(random);
    SCOPED_TRACE(testing::PrintToString(text));
    expect_sound(parse_answer(in_random_pieces(text, random), kOffered, {}));
  }
}

// The question each task is asked with.
Question valid_question(const Task& task) {
  Question question{task.name, {}, {}};
  if (task.queries.least > 0) question.query = {"cat"};
  if (task.regions.most > 0) question.regions = {3};
  return question;
}

TEST(RandomAnswers, EveryTaskReadsAnything) {
  Random random(3);
  for (int round = 0; round < kRounds / 10; ++round) {
    const std::string text = broken_answer(random);
    SCOPED_TRACE(testing::PrintToString(text));
    for (const Task& task : all_tasks()) {
      const Answer answer = test::read(valid_question(task), kOffered, text);
      EXPECT_EQ(answer.text, text);
      EXPECT_EQ(nlohmann::json::parse(answer.to_json()).at("task"), task.name);
    }
  }
}

}  // namespace
}  // namespace fo1
