#include "vlm/layout.h"

#include "base/error.h"

namespace fo1 {
namespace {

// The first row whose primary encoder the checkpoint has.
constexpr CheckpointLayout kLayouts[] = {
    {"VLM-FO1", "model.vision_tower.image_tower.", "model.", "lm_head.", true},
    {"Qwen2.5-VL", "visual.", "model.", "lm_head.", false},
    {"Qwen2.5-VL (nested names)", "model.visual.", "model.language_model.", "lm_head.", false},
};

}  // namespace

const CheckpointLayout& new_layout() {
  return kLayouts[0];
}

const CheckpointLayout& find_layout(const Checkpoint& checkpoint) {
  std::string known;
  for (const CheckpointLayout& layout : kLayouts) {
    if (checkpoint.has(std::string(layout.primary) + "patch_embed.proj.weight")) return layout;
    known += cat(known.empty() ? "" : ", ", layout.family, " (", layout.primary, "*)");
  }
  fail(ErrorCode::kUnsupported, checkpoint.folder(),
       ": no image encoder of a known family of checkpoints; known: ", known);
}

}  // namespace fo1
