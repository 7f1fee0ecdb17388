#include "ops/nms.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <string>

#include "base/error.h"
#include "support/golden.h"

namespace fo1 {
namespace {

TEST(Nms, MatchesRecordedIndices) {
  const test::Golden golden("upn/modules/nms.safetensors");
  int tried = 0;
  for (const std::string& name : golden.names()) {
    if (!name.starts_with("nms_")) continue;
    const std::size_t dot = name.find('.', name.find('.') + 1);  // nms_0.5.edge
    const double max_iou = std::stod(name.substr(4, dot - 4));
    const std::string set = name.substr(dot + 1);
    const at::Tensor kept = nms(golden["boxes." + set], golden["scores." + set], max_iou);
    EXPECT_TRUE(at::equal(kept, golden[name])) << name << "\n" << kept << golden[name];
    ++tried;
  }
  EXPECT_EQ(tried, 15);
}

TEST(Nms, MatchesRecordedIndicesByClass) {
  const test::Golden golden("upn/modules/nms.safetensors");
  for (const char* max_iou : {"0.3", "0.5", "0.8"}) {
    for (int set = 0; set < 4; ++set) {
      const at::Tensor kept = nms_by_class(golden[cat("boxes.", set)], golden[cat("scores.", set)],
                                           golden[cat("classes.", set)], std::stod(max_iou));
      EXPECT_TRUE(at::equal(kept, golden[cat("batched_nms_", max_iou, ".", set)]))
          << max_iou << " " << set;
    }
  }
}

TEST(Nms, OfIdenticalBoxesTheFirstOfTheBestStays) {
  const at::Tensor boxes = at::tensor({0.f, 0.f, 4.f, 4.f}).repeat({5, 1});
  const at::Tensor scores = at::tensor({0.5f, 0.9f, 0.9f, 0.1f, 0.9f});
  EXPECT_TRUE(at::equal(nms(boxes, scores, 0.5), at::tensor({1}, at::kLong)));
  // An overlap of 1 does not exceed 1: all stay, by falling score, equal ones in order.
  EXPECT_TRUE(at::equal(nms(boxes, scores, 1.0), at::tensor({1, 2, 4, 0, 3}, at::kLong)));
}

TEST(Nms, EmptyBoxesDoNotSuppressEachOther) {
  const at::Tensor boxes = at::tensor({3.f, 3.f, 3.f, 3.f}).repeat({3, 1});
  EXPECT_EQ(nms(boxes, at::tensor({0.3f, 0.2f, 0.1f}), 0.5).numel(), 3);
}

TEST(Nms, NoBoxesGiveNoBoxes) {
  EXPECT_EQ(nms(at::empty({0, 4}), at::empty({0}), 0.5).numel(), 0);
}

}  // namespace
}  // namespace fo1
