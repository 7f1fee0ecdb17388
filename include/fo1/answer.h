// What a question returns.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fo1/types.h"

namespace fo1 {

// One named region. Detections keep the order in which the model named them.
struct Detection {
  std::string label;
  std::int64_t region = 0;  // index of the offered region
  Box box;                  // that region's box, pixels of the image as given
  double score = 0;         // confidence, times the proposal score where there is one
  double confidence = 0;    // probability that the model gave this region's name when it wrote it
  std::optional<double> proposal_score;
};

// Text about one region: what it says (ocr) or what it shows (caption).
struct RegionText {
  std::int64_t region = 0;
  std::string text;
};

// A piece of the answer that refers to regions, in reading order.
struct Span {
  std::string text;
  std::vector<std::int64_t> regions;  // in the order the model named them
};

// A region name in the answer that could not be used, and why.
struct DroppedRegion {
  std::int64_t region = 0;
  std::string reason;  // "not offered"
};

enum class FinishReason : std::int32_t { kStop = 1, kLength = 2, kDeadline = 3, kCancelled = 4 };
FO1_API const char* finish_reason_name(FinishReason reason) noexcept;

struct TokenCounts {
  std::int64_t image = 0, region = 0, text = 0, generated = 0;
};

// Milliseconds of each stage this call ran; a stage that was reused from the scene is absent.
// Names: decode, propose, encode_primary, encode_auxiliary, encode_regions, prefill, generate.
using Timings = std::vector<std::pair<std::string, double>>;

struct Answer {
  std::string task;
  std::vector<std::string> query;
  std::string image_path;
  std::int32_t image_width = 0, image_height = 0;
  std::string proposal_source;  // "given", "upn", ...; empty when no regions were offered
  std::int64_t proposal_count = 0;
  std::string prompt;  // the whole prompt as text, placeholders included
  std::string text;    // the model's words as written, region names included, end token cut off

  std::vector<Detection> detections;
  std::optional<std::int64_t> count;  // count: the number the model said
  std::vector<std::int64_t> regions;  // distinct regions named, in the order named
  std::vector<RegionText> texts;      // ocr, caption
  std::vector<Span> spans;            // describe, reason, ask: phrases tied to regions
  std::optional<std::string> reasoning;
  std::optional<std::string> answer;  // the plain words, without grammar
  std::vector<DroppedRegion> dropped;

  FinishReason finish = FinishReason::kStop;
  TokenCounts tokens;
  Timings timings_ms;

  // One JSON object, schema 1 (documented in README.md). `indent` < 0: one line.
  FO1_API std::string to_json(int indent = -1) const;
};

}  // namespace fo1
