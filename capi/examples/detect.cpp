// detect.c in C++: what is where in a picture.
//
//   detect MODEL_FOLDER IMAGE BOXES.json LABEL...
#include <fo1/fo1.h>

#include <cstdio>
#include <fstream>
#include <sstream>

namespace {

std::string read_text(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 5) {
    std::fprintf(stderr, "usage: detect MODEL_FOLDER IMAGE BOXES.json LABEL...\n");
    return 2;
  }
  const auto model = fo1::Model::load(argv[1]);
  auto scene =
      model.scene(fo1::Image::load(argv[2]), fo1::regions_from_json(read_text(argv[3]), argv[3]));
  for (const fo1::Detection& found : scene.detect({argv + 4, argv + argc}).detections) {
    std::printf("%s at %.0f,%.0f - %.0f,%.0f score %.3f\n", found.label.c_str(), found.box.x1,
                found.box.y1, found.box.x2, found.box.y2, found.score);
  }
  return 0;
} catch (const fo1::Error& error) {
  std::fprintf(stderr, "%s: %s\n", fo1::error_code_name(error.code()), error.what());
  return 1;
}
