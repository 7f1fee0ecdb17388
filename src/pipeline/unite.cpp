#include <ATen/ATen.h>

#include <algorithm>

#include "base/error.h"
#include "base/profile.h"
#include "fo1/proposer.h"
#include "image/boxes.h"
#include "ops/nms.h"
#include "pipeline/conversation.h"
#include "pipeline/guard.h"

namespace fo1 {
namespace {

// "given+upn", each name once.
std::string joined_sources(const std::vector<Proposals>& parts) {
  std::vector<std::string> names;
  std::string text;
  for (const Proposals& part : parts) {
    if (part.source.empty() || std::find(names.begin(), names.end(), part.source) != names.end()) {
      continue;
    }
    names.push_back(part.source);
    text += (text.empty() ? "" : "+") + part.source;
  }
  return text;
}

// Those without a score first, in their order; then by falling score.
void put_in_order(std::vector<Region>& regions) {
  std::stable_sort(regions.begin(), regions.end(), [](const Region& a, const Region& b) {
    if (!a.score || !b.score) return !a.score && b.score;
    return *a.score > *b.score;
  });
}

// Regions with a score that overlap one before them go.
std::vector<Region> without_overlaps(const std::vector<Region>& regions, double max_iou) {
  const at::Tensor boxes = box_tensor(boxes_of(regions));
  const auto sure = static_cast<std::size_t>(
      std::count_if(regions.begin(), regions.end(), [](const Region& r) { return !r.score; }));
  const at::Tensor kept = nms_in_order(boxes, static_cast<std::int64_t>(sure), max_iou);
  std::vector<Region> result;
  for (std::int64_t i = 0; i < kept.numel(); ++i) {
    result.push_back(regions[static_cast<std::size_t>(kept[i].item<std::int64_t>())]);
  }
  return result;
}

}  // namespace

Proposals unite(const std::vector<Proposals>& parts, double max_iou, std::int64_t most) {
  return guarded([&] {
    if (!(max_iou >= 0 && max_iou <= 1)) {
      fail(ErrorCode::kInvalidArgument, "max_iou: expected 0 to 1, got ", max_iou);
    }
    if (most < 0) fail(ErrorCode::kInvalidArgument, "most: expected 0 or more, got ", most);
    Proposals all({}, joined_sources(parts));
    Profile profile;
    for (const Proposals& part : parts) {
      all.regions.insert(all.regions.end(), part.regions.begin(), part.regions.end());
      for (const auto& [stage, milliseconds] : part.timings_ms) profile.add(stage, milliseconds);
    }
    all.timings_ms = profile.timings();
    require_finite(boxes_of(all.regions));
    put_in_order(all.regions);
    if (max_iou > 0) all.regions = without_overlaps(all.regions, max_iou);
    if (most > 0 && all.regions.size() > static_cast<std::size_t>(most)) {
      all.regions.resize(static_cast<std::size_t>(most));
    }
    return all;
  });
}

}  // namespace fo1
