// What frozen encoders have made of pictures, so that each picture is encoded once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "train/lesson_views.h"

namespace fo1::train {

// Pictures of one lesson, in order.
using KeptPictures = std::shared_ptr<const std::vector<EncodedView>>;

// From any thread. Tensors stay on their device.
class KeptViews {
 public:
  explicit KeptViews(std::int64_t most_bytes) : room_(most_bytes) {}

  // `subject`: equal for the same pictures and regions. Null: they are not kept.
  KeptPictures find(std::size_t subject) const;
  // Does nothing where they are kept already, where they still change, because something that made
  // them learns, or where there is no room.
  void keep(std::size_t subject, std::span<const EncodedView> views);

 private:
  mutable std::mutex mutex_;
  std::map<std::size_t, KeptPictures> kept_;
  std::int64_t room_;  // bytes
};

}  // namespace fo1::train
