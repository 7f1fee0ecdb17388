#pragma once

#include <memory>

#include "fo1/model.h"
#include "vlm/fo1_model.h"

namespace fo1 {

struct Model::Impl {
  std::shared_ptr<Fo1Model> model;  // scenes hold it too
};

}  // namespace fo1
