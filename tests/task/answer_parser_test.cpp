#include "task/answer_parser.h"

#include <chrono>

#include "task/region_names.h"
#include "task/support.h"

namespace fo1 {
namespace {

using test::indexes;
using test::said;
using testing::ElementsAre;
using testing::IsEmpty;

ParsedAnswer parse(const std::string& text, std::size_t offered = 12) {
  return parse_answer(said(text), offered, AnswerGrammar{});
}

std::vector<std::int64_t> dropped(const ParsedAnswer& parsed) {
  std::vector<std::int64_t> regions;
  for (const DroppedRegion& region : parsed.dropped) regions.push_back(region.region);
  return regions;
}

TEST(ParseAnswer, KeepsTheOrderOfTheWords) {
  const ParsedAnswer parsed = parse(
      "<ground>b</ground><objects><region9><region2></objects> and "
      "<ground>a</ground><objects><region4><region9></objects>");
  ASSERT_EQ(parsed.groundings.size(), 2u);
  EXPECT_EQ(parsed.groundings[0].label, "b");
  EXPECT_THAT(indexes(parsed.groundings[0]), ElementsAre(9, 2));
  EXPECT_EQ(parsed.groundings[1].label, "a");
  EXPECT_THAT(indexes(parsed.groundings[1]), ElementsAre(4, 9));
  EXPECT_THAT(parsed.regions, ElementsAre(9, 2, 4));
  EXPECT_EQ(parsed.plain, "b and a");
}

TEST(ParseAnswer, UnitesRepeatedLabels) {
  const ParsedAnswer parsed = parse(
      "<ground>x</ground><objects><region7><region7></objects><ground>y</ground><objects>"
      "<region1></objects><ground> x\t</ground><objects><region2><region7></objects>");
  ASSERT_EQ(parsed.groundings.size(), 2u);
  EXPECT_THAT(indexes(parsed.groundings[0]), ElementsAre(7, 2));
  ASSERT_EQ(parsed.spans.size(), 3u);
  EXPECT_THAT(parsed.spans[0].regions, ElementsAre(7));
  EXPECT_THAT(parsed.spans[2].regions, ElementsAre(2, 7));
}

TEST(ParseAnswer, DropsAndReportsEachRegionThatWasNotOfferedOnce) {
  const ParsedAnswer parsed = parse(
      "<region40><ground>x "
      "<region41></ground><objects><region3><region4><region99999999999999999999>"
      "<region4></objects><region88888888888888888888><region40>",
      4);
  EXPECT_THAT(indexes(parsed.groundings[0]), ElementsAre(3));
  EXPECT_THAT(parsed.regions, ElementsAre(3));
  EXPECT_THAT(dropped(parsed), ElementsAre(40, 41, 4, INT64_MAX));
  EXPECT_EQ(parsed.dropped[0].reason, "not offered");
}

TEST(ParseAnswer, NothingIsOfferedWithoutRegions) {
  const ParsedAnswer parsed = parse("<ground>x</ground><objects><region0></objects>", 0);
  EXPECT_THAT(indexes(parsed.groundings[0]), IsEmpty());
  EXPECT_THAT(parsed.spans, IsEmpty());
  EXPECT_THAT(dropped(parsed), ElementsAre(0));
}

TEST(ParseAnswer, RegionNamesInProseAreWordsWithSpans) {
  const ParsedAnswer parsed = parse("The <region3> beside <region1> is a <region3>.");
  EXPECT_THAT(parsed.groundings, IsEmpty());
  EXPECT_EQ(parsed.plain, "The <region3> beside <region1> is a <region3>.");
  ASSERT_EQ(parsed.spans.size(), 3u);
  EXPECT_EQ(parsed.spans[1].text, "<region1>");
  EXPECT_THAT(parsed.spans[1].regions, ElementsAre(1));
  EXPECT_THAT(parsed.regions, ElementsAre(3, 1));
}

TEST(ParseAnswer, BrokenGrammarIsProse) {
  EXPECT_EQ(parse("<ground>open</ground><objects><region1>").plain, "open<region1>");
  EXPECT_EQ(parse("<ground>a</ground> <objects><region1></objects>").plain, "a <region1>");
  EXPECT_EQ(parse("</objects></ground>x<ground>").plain, "x");
  EXPECT_EQ(parse("<ground>a<ground>b</ground><objects></objects>").groundings[0].label,
            "a<ground>b");
  EXPECT_EQ(parse("<ground>a<ground>b</ground><objects></objects>").plain, "ab");
  EXPECT_THAT(parse("<region><region-1><region 1><region1x><REGION1>").regions, IsEmpty());
}

TEST(ParseAnswer, AGroundingStandsOnOneLine) {
  const ParsedAnswer parsed = parse(
      "<ground>a\n</ground><objects><region1></objects>\n<ground>b</ground><objects><region2>\r"
      "</objects>\n\n<ground>c</ground><objects>\n<region3></objects>");
  ASSERT_EQ(parsed.groundings.size(), 1u);
  EXPECT_EQ(parsed.groundings[0].label, "b");
}

TEST(ParseAnswer, SurvivesBytesThatAreNotUtf8) {
  const ParsedAnswer parsed =
      parse("\xff<ground>\xe7\x8c</ground><objects>\x80<region1></objects>\xc3");
  EXPECT_EQ(parsed.groundings[0].label, "\xe7\x8c");
  EXPECT_EQ(parsed.plain, "\xff\xe7\x8c\xc3");
}

// Pieces of the text, one after another, each with its probability.
GeneratedText in_pieces(const std::vector<std::pair<std::string, double>>& pieces) {
  GeneratedText text;
  for (const auto& [piece, probability] : pieces) {
    text.pieces.push_back({text.text.size(), text.text.size() + piece.size(), probability});
    text.text += piece;
  }
  return text;
}

TEST(ParseAnswer, ConfidenceIsTheProductOverTheNamesPieces) {
  const ParsedAnswer parsed =
      parse_answer(in_pieces({{"<ground>", 0.9},
                              {"cat", 0.8},
                              {"</ground><objects>", 0.7},
                              {"<region0>", 0.5},  // one token
                              {"<", 0.9},          // several, the last of them shared
                              {"region", 0.8},
                              {"1", 0.5},
                              {"><", 0.25},
                              {"region2>", 0.5},
                              {"<region0>", 0.1},
                              {"</objects>", 0.3}}),
                   3, AnswerGrammar{});
  const std::vector<NamedRegion>& regions = parsed.groundings.at(0).regions;
  ASSERT_EQ(regions.size(), 3u);
  EXPECT_DOUBLE_EQ(regions[0].confidence, 0.5);  // of its first naming
  EXPECT_DOUBLE_EQ(regions[1].confidence, 0.9 * 0.8 * 0.5 * 0.25);
  EXPECT_DOUBLE_EQ(regions[2].confidence, 0.25 * 0.5);
}

TEST(ParseAnswer, ConfidenceIsOneWhereProbabilitiesAreUnknown) {
  EXPECT_EQ(
      parse("<ground>a</ground><objects><region1></objects>").groundings[0].regions[0].confidence,
      1);
}

TEST(ParseAnswer, FollowsTheGrammarItIsGiven) {
  AnswerGrammar grammar;
  grammar.region_open = "<obj";
  grammar.ground_open = "[";
  grammar.ground_close = "]";
  const ParsedAnswer parsed = parse_answer(
      said("[cat]<objects><obj1><region2><obj0></objects> [dog]<objects>None</objects>"), 3,
      grammar);
  ASSERT_EQ(parsed.groundings.size(), 2u);
  EXPECT_THAT(indexes(parsed.groundings[0]), ElementsAre(1, 0));
  EXPECT_THAT(indexes(parsed.groundings[1]), IsEmpty());
  EXPECT_EQ(first_number("<obj7>: obj8 9", grammar), 9);
}

TEST(FirstNumber, NoNumberIsNotZero) {
  EXPECT_EQ(first_number("none of <region5>", {}), std::nullopt);
  EXPECT_EQ(first_number("0 cats", {}), 0);
  EXPECT_EQ(first_number("region5 region 6", {}), 6);
  EXPECT_EQ(first_number("\xff\x80 8", {}), 8);
  EXPECT_EQ(first_number("99999999999999999999 of 3", {}), std::nullopt);
}

// Quadratic work on a megabyte takes minutes, linear work well under a second.
TEST(ParseAnswer, TakesLinearTime) {
  const auto start = std::chrono::steady_clock::now();
  for (const std::string unit :
       {"<ground>", "<ground>a</ground><objects>", "</ground><objects>", "<region", "<region1",
        "<ground>x</ground><objects><region1>", "<region1>", "<", "\xff", "\u0665", "9", " ",
        "<ground></ground><objects></objects>", "<think>", "\n<ground>"}) {
    std::string text;
    while (text.size() < 1000000) text += unit;
    const ParsedAnswer parsed = parse(text);
    EXPECT_LE(parsed.plain.size(), text.size());
    first_number(text, {});
  }
  std::string distinct;
  for (int i = 0; distinct.size() < 1000000; ++i) distinct += "<region" + std::to_string(i) + ">";
  const Answer answer = test::read({"describe", {}, {}}, 12, distinct);
  EXPECT_EQ(answer.regions.size(), 12u);
  EXPECT_GT(answer.dropped.size(), 50000u);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
}

}  // namespace
}  // namespace fo1
