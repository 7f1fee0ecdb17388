#include "pipeline/tiny_model.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/region_list.h"
#include "support/data.h"
#include "support/golden.h"

namespace fo1::test {
namespace fs = std::filesystem;

std::string tiny_model_folder() {
  return data_path("parity/model/VLM-FO1_Qwen2.5-VL-tiny-a");
}

const Model& tiny_model() {
  static const Model model = Model::load(tiny_model_folder());
  return model;
}

SampleScene sample_scene(const std::string& name) {
  const Json json = load_data("parity/cases/" + name + ".json");
  const JsonView spec(json, name);
  const JsonView parts = spec.at("messages").at(spec.at("messages").size() - 1).at("content");
  std::string text = spec.get<std::string>("text");
  text.resize(text.rfind("<|im_end|>"));
  return {Image::load(data_path("parity/" + spec.at("images").at(0).get<std::string>())),
          read_regions(spec.at("boxes")), parts.at(parts.size() - 1).get<std::string>("text"),
          text};
}

std::string copy_tiny_model() {
  const fs::path target = scratch_folder();
  for (const auto& entry : fs::directory_iterator(fs::canonical(tiny_model_folder()))) {
    fs::copy_file(entry.path(), target / entry.path().filename());
    fs::permissions(target / entry.path().filename(), fs::perms::owner_write,
                    fs::perm_options::add);
  }
  return target.string();
}

}  // namespace fo1::test
