#include "train/model_folder.h"

#include <algorithm>
#include <filesystem>

#include "base/files.h"

namespace fo1::train {

namespace {

// Or tells which file does.
bool holds_weights(const std::string& name) {
  constexpr const char* kKinds[] = {".safetensors", ".bin", ".pth", ".pt", ".gguf"};
  return std::ranges::any_of(
      kKinds, [&](const char* kind) { return name.find(kind) != std::string::npos; });
}

}  // namespace

void write_model_folder(const std::string& folder, const std::string& description,
                        const NamedTensors& tensors) {
  write_safetensors(join_path(folder, "model.safetensors"), tensors, {{"format", "pt"}});
  if (std::filesystem::equivalent(folder, description)) return;
  for (const auto& entry : std::filesystem::directory_iterator(description)) {
    const std::string name = entry.path().filename();
    if (!entry.is_regular_file() || holds_weights(name) || name == kMetricsFile ||
        name == kCurveFile) {
      continue;
    }
    write_file(join_path(folder, name), read_file(entry.path()));
  }
}

}  // namespace fo1::train
