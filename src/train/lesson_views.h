// The pictures of lessons and the regions in them, and their way through the encoders.
#pragma once

#include <vector>

#include "base/stage_types.h"
#include "image/prepare.h"
#include "pipeline/conversation.h"
#include "vlm/fo1_model.h"

namespace fo1::train {

struct View {
  PreparedImage image;
  std::vector<Box> boxes;
};

struct EncodedView {
  EncodedImage image;  // without maps
  at::Tensor regions;  // [R, D], tokens; undefined without boxes
};

// `regions`: how many of each message's regions the prompt has room for.
std::vector<View> views_of(const std::vector<Message>& messages,
                           const std::vector<std::int64_t>& regions, const ImageConfig& config);

// Moves the pixels to memory from which a device fetches them by itself.
void pin(std::vector<View>& views);

// Merged cells of each.
std::vector<Size> grids_of(const std::vector<View>& views, std::int64_t merge);

// Views of one size go through the encoders together. -> in the order of `views`.
std::vector<EncodedView> encode_views(Fo1Model& model, const std::vector<const View*>& views,
                                      const Run& run);

}  // namespace fo1::train
