// The trained tiny model and its pictures, for tests of the whole pipeline.
#pragma once

#include <string>
#include <vector>

#include "fo1/model.h"

namespace fo1::test {

std::string tiny_model_folder();
const Model& tiny_model();  // loaded once

// A recorded case of the tiny model: its picture, regions and question.
struct SampleScene {
  Image image;
  std::vector<Region> regions;
  std::string question;
  std::string answer;  // without the end token
};
SampleScene sample_scene(const std::string& name);

// A copy of the tiny model's folder in a scratch folder, files writable.
std::string copy_tiny_model();

}  // namespace fo1::test
