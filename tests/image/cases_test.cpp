// Pictures and boxes of every recorded end-to-end case.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "image/boxes.h"
#include "image/prepare.h"
#include "image/sha256.h"
#include "support/data.h"
#include "support/golden.h"

namespace fo1 {
namespace {

using test::data_path;
using test::Golden;
using test::sha256;

ImageConfig config_of(const std::string& model) {
  const Json primary = test::load_data("parity/" + model + "/preprocessor_config.json");
  const Json model_config = test::load_data("parity/" + model + "/config.json");
  return {primary_pixels_config_from({primary, "preprocessor_config.json"}),
          auxiliary_pixels_config_from({model_config, "config.json"})};
}

Json to_json(Size size) {
  return {size.width, size.height};
}

struct Case {
  std::string name, path;
};
void PrintTo(const Case& recorded, std::ostream* out) {
  *out << recorded.name;
}

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const Json& row : test::load_data("parity/cases/index.json")) {
    cases.push_back({row["name"], row["case"]});
  }
  return cases;
}

class RecordedCase : public testing::TestWithParam<Case> {
 protected:
  Json json_ = test::load_data("parity/" + GetParam().path);
  ImageConfig config_ = config_of(json_["model"]);

  PreparedImage prepare(std::size_t i) const {
    const std::string path = json_["images"][i];
    return prepare_image(Image::load(data_path("parity/" + path)), config_);
  }
};

TEST_P(RecordedCase, PixelsAreTheReferencesToTheLastBit) {
  ASSERT_FALSE(json_["images"].empty());
  for (std::size_t i = 0; i < json_["images"].size(); ++i) {
    const PreparedImage image = prepare(i);
    const Json sizes = {{"file", to_json(image.file)},
                        {"loaded", to_json(image.loaded)},
                        {"resized", to_json(image.resized)}};
    EXPECT_EQ(sizes, json_["image_sizes"][i]);
    EXPECT_EQ(Json({1, image.primary.grid_h, image.primary.grid_w}), json_["image_grid_thw"][i]);
    EXPECT_EQ(to_json(image.auxiliary_size()), json_["aux_size_wh"][i]);
    EXPECT_EQ(sha256(image.primary.patches), json_["pixel_sha256"][i]);
    EXPECT_EQ(sha256(image.auxiliary), json_["aux_pixel_sha256"][i]);
  }
}

TEST_P(RecordedCase, BoxesAreTheReferencesToTheLastBit) {
  const Golden golden("parity/" + json_["tensors"].get<std::string>());
  ASSERT_EQ(golden.has("aux_boxes"), !json_["boxes"].empty());
  if (json_["boxes"].empty()) return;
  const at::Tensor expected = golden["aux_boxes"];
  std::vector<Box> boxes;  // the recording has the first 100
  for (const Json& box : json_["boxes"]) {
    if (static_cast<std::int64_t>(boxes.size()) == expected.size(0)) break;
    boxes.push_back({box[0], box[1], box[2], box[3]});
  }
  const PreparedBoxes prepared = prepare_boxes(boxes, prepare(0));
  EXPECT_TRUE(at::equal(prepared.auxiliary, expected));
  EXPECT_TRUE(at::equal(prepared.primary, golden["vt_boxes"]));
}

INSTANTIATE_TEST_SUITE_P(All, RecordedCase, testing::ValuesIn(all_cases()), [](const auto& info) {
  std::string name = info.param.name;
  for (char& letter : name) {
    if (!std::isalnum(static_cast<unsigned char>(letter))) letter = '_';
  }
  return name;
});

}  // namespace
}  // namespace fo1
