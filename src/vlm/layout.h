// Where the parts of a model stand in a checkpoint: one row per family of checkpoints.
#pragma once

#include "weights/checkpoint.h"

namespace fo1 {

struct CheckpointLayout {
  const char* family;
  const char* primary;  // prefixes of the parts' tensor names
  const char* language;
  const char* head;
  bool has_regions;  // the row's parts below may be there
};

inline constexpr const char* kAuxiliaryPrefix = "model.vision_tower_aux.image_tower.";
inline constexpr const char* kRegionPrefix = "model.object_vp_extractor.";
inline constexpr const char* kImageProjectorPrefix = "model.mm_projector.";
inline constexpr const char* kRegionProjectorPrefix = "model.mm_projector_aux.";

// Throws kUnsupported, listing the known families, when no row fits.
const CheckpointLayout& find_layout(const Checkpoint& checkpoint);

// The row for models of our own making.
const CheckpointLayout& new_layout();

}  // namespace fo1
