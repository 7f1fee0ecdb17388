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

at::Tensor splice(std::span<const PromptSegment> segments, const at::Tensor& text,
                  std::span<const at::Tensor> images, const at::Tensor& regions) {
  using Kind = PromptSegment::Kind;
  std::vector<at::Tensor> pieces;
  int64_t next_text = 0, next_region = 0;
  std::size_t next_image = 0;
  for (const PromptSegment& segment : segments) {
    if (segment.kind == Kind::kImage) {
      pieces.push_back(images[next_image++]);
    } else {
      const bool is_text = segment.kind == Kind::kText;
      int64_t& next = is_text ? next_text : next_region;
      pieces.push_back((is_text ? text : regions).narrow(0, next, segment.length));
      next += segment.length;
    }
    if (pieces.back().size(0) != segment.length) {
      fail(ErrorCode::kInternal, "an image of ", segment.length, " tokens came as ",
           pieces.back().size(0));
    }
    pieces.back() = pieces.back().to(text.options());
  }
  return pieces.empty() ? text : at::cat(pieces);
}

std::vector<int64_t> text_ids(std::span<const int64_t> ids) {
  std::vector<int64_t> kept;
  for (const int64_t id : ids) {
    if (id != kImagePlaceholder && id != kRegionPlaceholder) kept.push_back(id);
  }
  return kept;
}

}  // namespace fo1
