#include "connector/splice.h"

#include <ATen/ATen.h>

#include "base/error.h"

namespace fo1 {

std::vector<PromptSegment> segments_of(std::span<const int64_t> ids,
                                       std::span<const Size> image_grids) {
  using Kind = PromptSegment::Kind;
  std::vector<PromptSegment> segments;
  std::size_t next_image = 0;
  for (const int64_t id : ids) {
    if (id == kImagePlaceholder) {
      if (next_image == image_grids.size())
        fail(ErrorCode::kInternal, "more image marks than images");
      const Size grid = image_grids[next_image++];
      segments.push_back({Kind::kImage, grid.width * grid.height, grid});
      continue;
    }
    const Kind kind = id == kRegionPlaceholder ? Kind::kRegion : Kind::kText;
    if (segments.empty() || segments.back().kind != kind) segments.push_back({kind, 0, {}});
    ++segments.back().length;
  }
  if (next_image != image_grids.size()) fail(ErrorCode::kInternal, "fewer image marks than images");
  return segments;
}

// One gather, however many runs of text and regions a prompt has.
at::Tensor splice(std::span<const PromptSegment> segments, const at::Tensor& text,
                  std::span<const at::Tensor> images, const at::Tensor& regions) {
  using Kind = PromptSegment::Kind;
  std::vector<at::Tensor> sources = {text};
  int64_t next_text = 0, next_image = text.size(0), next_region = next_image;
  for (const at::Tensor& image : images) {
    sources.push_back(image.to(text.options()));
    next_region += image.size(0);
  }
  if (regions.defined()) sources.push_back(regions.to(text.options()));
  std::vector<int64_t> order;
  auto image = images.begin();
  for (const PromptSegment& segment : segments) {
    if (segment.kind == Kind::kImage && image->size(0) != segment.length) {
      fail(ErrorCode::kInternal, "an image of ", segment.length, " tokens came as ",
           image->size(0));
    }
    if (segment.kind == Kind::kImage) ++image;
    int64_t& next = segment.kind == Kind::kText    ? next_text
                    : segment.kind == Kind::kImage ? next_image
                                                   : next_region;
    for (int64_t i = 0; i < segment.length; ++i) order.push_back(next++);
  }
  return at::cat(sources).index_select(0, at::tensor(order, at::kLong).to(text.device()));
}

std::vector<int64_t> text_ids(std::span<const int64_t> ids) {
  std::vector<int64_t> kept;
  for (const int64_t id : ids) {
    if (id != kImagePlaceholder && id != kRegionPlaceholder) kept.push_back(id);
  }
  return kept;
}

}  // namespace fo1
