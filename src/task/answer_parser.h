// Reading the answer grammar: which phrases the model tied to which regions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fo1/answer.h"
#include "task/grammar.h"

namespace fo1 {

// What the model wrote, end token cut off, and how sure it was of each piece.
struct GeneratedText {
  struct Piece {                     // one generated token
    std::size_t begin = 0, end = 0;  // its bytes in `text`
    double probability = 1;          // when it was chosen
  };
  std::string text;
  std::vector<Piece> pieces;  // in the order written; may be empty when probabilities are unknown
};

struct NamedRegion {
  std::int64_t index = 0;
  double confidence = 1;     // product of the probabilities of the pieces that spell its name
  std::size_t position = 0;  // byte of the text where its name starts
};

// All regions of one label: groundings that repeat a label are united.
struct Grounding {
  std::string label;                 // white space at the ends removed
  std::vector<NamedRegion> regions;  // distinct, in the order first named
};

struct ParsedAnswer {
  std::vector<Grounding> groundings;  // in the order the labels were first written
  // Labels with their regions, and region names used as words of the prose (`<region0> is red`).
  // Each span's text occurs in `plain`, in this order.
  std::vector<Span> spans;
  std::vector<std::int64_t> regions;   // distinct, wherever named, in the order first named
  std::vector<DroppedRegion> dropped;  // each index that was never offered, once
  std::string plain;                   // plain_text() of the whole
};

// `offered`: indexes 0 .. offered-1 exist. Takes any bytes, never throws on them, and needs time
// linear in their number: broken grammar is prose.
ParsedAnswer parse_answer(const GeneratedText& said, std::size_t offered,
                          const AnswerGrammar& grammar);

// The words alone: a grounding becomes its label, stray tags vanish, region names used as words
// stay.
std::string plain_text(std::string_view text, const AnswerGrammar& grammar);

}  // namespace fo1
