#include <ATen/ATen.h>

#include <algorithm>

#include "base/error.h"
#include "image/boxes.h"
#include "pipeline/conversation.h"
#include "pipeline/region_source.h"

namespace fo1 {
namespace {

// Boxes without a score are as sure as can be.
constexpr double kSure = 1;

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

  std::unique_ptr<Search> start(const ProposeOptions& options, const Control&) const override {
    return std::make_unique<FunctionSearch>(name_, function_, options);
  }

 private:
  class FunctionSearch : public Search {
   public:
    FunctionSearch(const std::string& name, const ProposeFunction& function,
                   const ProposeOptions& options)
        : name_(name), function_(function), options_(options) {
      scored = false;
    }

    Candidates find(const Image& picture, const Control& control) override {
      control.step("propose");
      const std::vector<Region> regions = function_(picture, options_);
      require_finite(boxes_of(regions));
      require_scores(regions);
      std::vector<float> scores;
      std::vector<std::int64_t> indexes;
      for (const Region& region : regions) {
        scores.push_back(static_cast<float>(region.score.value_or(kSure)));
        indexes.push_back(index_of(region.label));
      }
      return {box_tensor(boxes_of(regions)), at::tensor(scores, at::kFloat),
              at::tensor(indexes, at::kLong)};
    }

   private:
    // All boxes of a search have one, or none has.
    void require_scores(const std::vector<Region>& regions) {
      for (std::size_t i = 0; i < regions.size(); ++i) {
        const std::optional<double>& score = regions[i].score;
        if (!any_) scored = score.has_value();
        any_ = true;
        const bool good =
            score.has_value() == scored && score.value_or(0) >= 0 && score.value_or(0) <= 1;
        if (good) continue;
        fail(ErrorCode::kInvalidArgument, name_, ": regions[", i, "].score is ",
             score ? cat(*score) : "missing", ", expected 0 to 1 for all regions or for none");
      }
    }

    std::int64_t index_of(const std::string& label) {
      const auto known = std::find(labels.begin(), labels.end(), label);
      const auto index = known - labels.begin();
      if (known == labels.end()) labels.push_back(label);
      return index;
    }

    const std::string& name_;
    const ProposeFunction& function_;
    const ProposeOptions& options_;
    bool any_ = false;  // region so far
  };

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
