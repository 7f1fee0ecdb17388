#include "vlm/inspect.h"

#include "pipeline/guard.h"

namespace fo1 {

Inspection inspect(const std::string& folder) {
  return guarded([&] { return inspect_folder(folder); });
}

}  // namespace fo1
