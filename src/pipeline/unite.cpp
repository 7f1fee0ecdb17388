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

// The caller's own, and what nobody gave a score.
bool is_sure(const Proposals& part, const Region& region) {
  return part.source == "given" || !region.score;
}

// Of the regions after the first `sure`, those go that overlap one before them.
std::vector<Region> without_overlaps(const std::vector<Region>& regions, std::size_t sure,
                                     double max_iou) {
  const at::Tensor kept =
      nms_in_order(box_tensor(boxes_of(regions)), static_cast<std::int64_t>(sure), max_iou);
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
    std::vector<Region> others;
    for (const Proposals& part : parts) {
      for (const Region& region : part.regions) {
        (is_sure(part, region) ? all.regions : others).push_back(region);
      }
      for (const auto& [stage, milliseconds] : part.timings_ms) profile.add(stage, milliseconds);
    }
    all.timings_ms = profile.timings();
    const std::size_t sure = all.regions.size();
    std::stable_sort(others.begin(), others.end(),
                     [](const Region& a, const Region& b) { return *a.score > *b.score; });
    all.regions.insert(all.regions.end(), others.begin(), others.end());
    require_finite(boxes_of(all.regions));
    if (max_iou > 0) all.regions = without_overlaps(all.regions, sure, max_iou);
    const std::size_t limit = std::max(static_cast<std::size_t>(most), sure);
    if (most > 0 && all.regions.size() > limit) all.regions.resize(limit);
    return all;
  });
}

}  // namespace fo1
