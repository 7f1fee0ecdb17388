#include "capi/support.h"

#include <fstream>
#include <sstream>

namespace fo1::test {
namespace {

std::string models() {
  return FO1_MODELS;
}

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

testing::AssertionResult refused(fo1_status got, fo1_status expected, const std::string& text) {
  const std::string reason = fo1_last_error();
  if (got == expected && reason.find(text) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << "got " << fo1_status_name(got) << ": " << reason << "\nexpected "
         << fo1_status_name(expected) << ": ..." << text;
}

std::string model_folder() {
  return models() + "/tiny";
}

const fo1_model* tiny_model() {
  static const fo1_model* model = [] {
    fo1_model* loaded = nullptr;
    EXPECT_EQ(fo1_model_load(&loaded, model_folder().c_str(), nullptr), FO1_OK) << fo1_last_error();
    return loaded;
  }();
  return model;
}

const fo1_image* shapes() {
  static const fo1_image* image = [] {
    fo1_image* loaded = nullptr;
    const std::string path = models() + "/samples/shapes.png";
    EXPECT_EQ(fo1_image_load(&loaded, path.c_str()), FO1_OK) << fo1_last_error();
    return loaded;
  }();
  return image;
}

const fo1_regions* shape_regions() {
  static const fo1_regions* regions = [] {
    fo1_regions* loaded = nullptr;
    const std::string json = text_of(models() + "/samples/shapes.json");
    EXPECT_EQ(fo1_regions_from_json(&loaded, json.c_str()), FO1_OK) << fo1_last_error();
    return loaded;
  }();
  return regions;
}

Handle<fo1_scene> shapes_scene() {
  Handle<fo1_scene> scene;
  EXPECT_EQ(fo1_scene_create(scene.out(), tiny_model(), shapes(), shape_regions(), nullptr), FO1_OK)
      << fo1_last_error();
  return scene;
}

Handle<fo1_result> detect(fo1_scene* scene, std::vector<const char*> labels,
                          const fo1_ask_options* options) {
  Handle<fo1_result> result;
  EXPECT_EQ(fo1_detect(result.out(), scene, labels.data(), labels.size(), options), FO1_OK)
      << fo1_last_error();
  return result;
}

}  // namespace fo1::test
