#include "train/model_folder.h"

#include <filesystem>

#include "base/files.h"

namespace fo1::train {

void write_model_folder(const std::string& folder, const std::string& description,
                        const NamedTensors& tensors) {
  write_safetensors(join_path(folder, "model.safetensors"), tensors, {{"format", "pt"}});
  if (std::filesystem::equivalent(folder, description)) return;
  for (const auto& entry : std::filesystem::directory_iterator(description)) {
    const std::string name = entry.path().filename();
    if (!entry.is_regular_file() || name.find(".safetensors") != std::string::npos) continue;
    write_file(join_path(folder, name), read_file(entry.path()));
  }
}

}  // namespace fo1::train
