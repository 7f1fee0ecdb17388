#include <ATen/ATen.h>

#include <algorithm>

#include "base/error.h"
#include "image/boxes.h"
#include "pipeline/conversation.h"
#include "pipeline/region_source.h"

namespace fo1 {
namespace {

// Boxes without a score are as sure as can be.
constexpr float kSure = 1;

class FunctionSource : public RegionSource {
 public:
  FunctionSource(std::string name, ProposeFunction function)
      : name_(std::move(name)), function_(std::move(function)) {}

  bool reads_labels() const override { return true; }  // or not: the function knows
  const std::vector<std::string>& prompts() const override { return prompts_; }
  void save_wording() const override {
    fail(ErrorCode::kUnsupported, name_, ": a function has no wording to keep");
  }
  // The function has made its own choice.
  Selection selection(const ProposeOptions&) const override {
    return {.min_score = 0, .max_iou = 0, .by_class = true, .most = 0};
  }

  Found find(const std::vector<Image>& pictures, const ProposeOptions& options,
             const Control& control) const override {
    Found found;
    found.scored = false;
    for (const Image& picture : pictures) {
      control.check("propose");
      const std::vector<Region> regions = function_(picture, options);
      require_finite(boxes_of(regions));
      found.in.push_back(candidates_of(regions, found.labels));
      found.scored |= std::any_of(regions.begin(), regions.end(),
                                  [](const Region& region) { return region.score.has_value(); });
    }
    return found;
  }

 private:
  // `names`: labels met so far.
  static Candidates candidates_of(const std::vector<Region>& regions,
                                  std::vector<std::string>& names) {
    std::vector<float> scores;
    std::vector<std::int64_t> labels;
    for (const Region& region : regions) {
      scores.push_back(region.score ? static_cast<float>(*region.score) : kSure);
      const auto known = std::find(names.begin(), names.end(), region.label);
      labels.push_back(known - names.begin());
      if (known == names.end()) names.push_back(region.label);
    }
    return {box_tensor(boxes_of(regions)), at::tensor(scores, at::kFloat),
            at::tensor(labels, at::kLong)};
  }

  std::string name_;
  ProposeFunction function_;
  std::vector<std::string> prompts_;
};

}  // namespace

std::unique_ptr<RegionSource> function_source(std::string name, ProposeFunction function) {
  if (!function) fail(ErrorCode::kInvalidArgument, "proposer ", quoted(name), ": no function");
  return std::make_unique<FunctionSource>(std::move(name), std::move(function));
}

}  // namespace fo1
