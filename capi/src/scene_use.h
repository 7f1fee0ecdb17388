// One call's use of a scene.
#pragma once

#include <memory>

#include "capi/src/options.h"

namespace fo1::capi {

// Keeps the scene to one call at a time. Throws kInvalidArgument when another has it.
class SceneUse {
 public:
  explicit SceneUse(const fo1_scene* handle);
  ~SceneUse();
  SceneUse(const SceneUse&) = delete;
  SceneUse& operator=(const SceneUse&) = delete;

  SceneObject& object() const { return *object_; }

 private:
  std::shared_ptr<SceneObject> object_;
};

}  // namespace fo1::capi
