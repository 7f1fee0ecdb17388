#include "fo1/draw.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "image/draw.h"
#include "pipeline/guard.h"

namespace fo1 {
namespace {

class Items {
 public:
  explicit Items(const std::vector<Region>& regions) : regions_(regions) {}

  void add(std::int64_t region, const std::string& label, std::optional<double> score) {
    const auto index = static_cast<std::size_t>(region);
    if (region < 0 || index >= regions_.size() || !drawn_.insert({region, label}).second) return;
    items_.push_back({regions_[index].box, label, score});
  }
  const std::vector<DrawnItem>& items() const { return items_; }

 private:
  const std::vector<Region>& regions_;
  std::set<std::pair<std::int64_t, std::string>> drawn_;
  std::vector<DrawnItem> items_;
};

}  // namespace

void draw_answer(const Image& image, const Answer& answer, const std::vector<Region>& regions,
                 const std::string& path) {
  guarded([&] {
    Items items(regions);
    for (const Detection& detection : answer.detections) {
      items.add(detection.region, detection.label, detection.score);
    }
    for (const RegionText& text : answer.texts) items.add(text.region, text.text, std::nullopt);
    for (const Span& span : answer.spans) {
      for (const std::int64_t region : span.regions) items.add(region, span.text, std::nullopt);
    }
    draw_detections(image, items.items(), path);
  });
}

void draw_regions(const Image& image, const std::vector<Region>& regions, const std::string& path) {
  guarded([&] {
    std::vector<DrawnItem> items;
    items.reserve(regions.size());
    for (const Region& region : regions) items.push_back({region.box, region.label, region.score});
    draw_detections(image, items, path);
  });
}

}  // namespace fo1
