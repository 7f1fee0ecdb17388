#include "base/region_list.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/errors.h"
#include "support/random.h"

namespace fo1 {
namespace {

std::vector<Region> read(const std::string& text) {
  const Json json = parse_json(text, "boxes.json");
  return read_regions({json, "boxes.json"});
}

TEST(RegionList, ReadsBothForms) {
  const auto regions =
      read(R"([[1, 2.5, 3, 4], {"box": [0, 0, -1, 9], "score": 0.9, "label": "猫"}])");
  ASSERT_EQ(regions.size(), 2u);
  EXPECT_EQ(regions[0].box.y1, 2.5);
  EXPECT_FALSE(regions[0].score.has_value());
  EXPECT_EQ(regions[1].box.x2, -1);
  EXPECT_EQ(regions[1].score, 0.9);
  EXPECT_EQ(regions[1].label, "猫");
  EXPECT_TRUE(read("[]").empty());
}

TEST(RegionList, NamesThePlaceOfWhatIsWrong) {
  const auto refuses = [](const char* text, const char* place) {
    return test::fails_with([&] { read(text); }, ErrorCode::kCorruptFile, place);
  };
  EXPECT_TRUE(refuses("{}", "a list of boxes"));
  EXPECT_TRUE(refuses("[[1, 2, 3]]", "boxes.json[0]: expected four numbers"));
  EXPECT_TRUE(refuses("[[1, 2, 3, 4], [1, 2, \"3\", 4]]", "boxes.json[1][2]: expected a number"));
  EXPECT_TRUE(refuses("[[1, 2, NaN, 4]]", "not valid JSON"));
  EXPECT_TRUE(refuses("[{\"score\": 1}]", "missing key \"box\""));
  EXPECT_TRUE(refuses("[{\"box\": [0,0,1,1], \"score\": \"high\"}]", "score"));
  EXPECT_TRUE(refuses("[7]", "boxes.json[0]"));
}

// Damaged text gives regions or an error, never anything else.
TEST(RegionList, SurvivesMutations) {
  const std::string sound =
      R"([[1, 2.5, 3e2, 4], {"box": [0, 0, -1, 9], "score": 0.9, "label": "a\n"}])";
  test::Random random(11);
  int accepted = 0;
  for (int round = 0; round < 20000; ++round) {
    const std::string text = random.mutated(sound);
    try {
      read(text);
      ++accepted;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kCorruptFile);
    }
  }
  EXPECT_GT(accepted, 100);
}

}  // namespace
}  // namespace fo1
