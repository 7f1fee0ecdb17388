// The region encoder against recorded outputs.
#include "support/golden.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "region/region_encoder.h"
#include "support/close.h"
#include "support/data.h"
#include "support/errors.h"
#include "weights/checkpoint.h"
#include "weights/state.h"

namespace fo1 {
namespace {

using test::close_absolute;
using test::close_relative;
using test::fails_with;
using test::Golden;

constexpr double kRelative = 5e-5;
constexpr double kAbsolute = 2e-5;  // of sine embeddings at real sizes

// The config.json of a model with one entry's switches and sizes.
Json config_of(const Json& entry) {
  const Json& args = entry["args"];
  Json config = {
      {"mm_roi_output_size", args["roi_output_size"]},
      {"mm_apply_position_embedding", args["apply_position_embedding"]},
      {"mm_pos_embedding_strategy", args["pos_embedding_strategy"]},
      {"mm_use_vision_tower_region_feature", args["use_vision_tower_region_feature"]},
      {"mm_region_feature_combination", args["region_feature_combination"]},
      {"mm_apply_region_layer_norm", args["apply_region_layer_norm"]},
      {"mm_use_vt_region_feature_only", args["use_vt_region_feature_only"]},
      {"mm_use_simpleFPN_for_vt", args["use_simpleFPN_for_vt"]},
      {"mm_fpn_out_channels", entry["fpn_out_channels"]},
      {"aux_vision_config", {{"dim_embed", entry["aux_dims"]}}},
  };
  Json blocks = Json::array();
  for (std::size_t i = 0; i < entry["vt_dims"].size(); ++i) blocks.push_back(i);
  config["vision_config"] = {{"hidden_size", entry["vt_dims"][0]},
                             {"fullatt_block_indexes", blocks}};
  return config;
}

// Recorded maps NAME0, NAME1, ... with a batch dimension.
FeatureMaps maps_of(const Golden& golden, const std::string& name) {
  FeatureMaps maps;
  while (golden.has(name + std::to_string(maps.size()))) {
    maps.push_back(golden[name + std::to_string(maps.size())].unsqueeze(0));
  }
  return maps;
}

PreparedBoxes boxes_of(const Golden& golden) {
  return {golden["aux_boxes"], golden["vt_boxes"]};
}

// Fills the module with the recorded "w.*": every one of them, and nothing is left unfilled.
void fill_recorded(torch::nn::Module& module, const Golden& golden) {
  std::size_t recorded = 0;
  for (const std::string& name : golden.names()) recorded += name.starts_with("w.");
  const auto parameters = module.named_parameters();
  ASSERT_EQ(parameters.size(), recorded);
  for (const auto& parameter : parameters) {
    const at::Tensor weight = golden["w." + parameter.key()];
    ASSERT_EQ(weight.sizes(), parameter.value().sizes()) << parameter.key();
    parameter.value().set_data(weight);
  }
}

void check_entry(const Json& entry) {
  const Golden golden("parity/" + entry["tensors"].get<std::string>());
  const Json json = config_of(entry);
  const RegionConfig config = region_config_from({json, "config.json"});
  EXPECT_EQ(config.width(), entry["args"]["region_feature_dim"]);
  RegionEncoder encoder(config, at::kCPU);
  fill_recorded(*encoder, golden);
  const PreparedBoxes boxes = boxes_of(golden);
  const at::Tensor kept = at::cat({boxes.auxiliary, boxes.primary}).clone();
  const at::Tensor out = encoder(maps_of(golden, "aux."), maps_of(golden, "vt."), boxes);
  EXPECT_TRUE(close_relative(out, golden["out"], kRelative));
  EXPECT_TRUE(at::equal(kept, at::cat({boxes.auxiliary, boxes.primary})));
}

TEST(RegionGolden, EverySwitch) {
  const Json index = test::load_data("parity/hfre/index.json");
  int computed = 0, refused = 0;
  for (const Json& entry : index) {
    SCOPED_TRACE(entry["name"].get<std::string>());
    if (entry["error"].is_null()) {
      check_entry(entry);
      ++computed;
    } else {
      const Json json = config_of(entry);
      EXPECT_TRUE(fails_with(
          [&] {
            region_config_from({json, "config.json"});
          },
          ErrorCode::kUnsupported, "region encoder: "));
      ++refused;
    }
  }
  EXPECT_GT(computed, 0);
  EXPECT_GT(refused, 0);
}

// --- modules of the real sizes, weights made from their formula ---

TEST(RegionGolden, PyramidOfRealSize) {
  const Json json = test::load_data("parity/modules/simple_fpn_1280.json");
  const JsonView spec(json, "simple_fpn_1280");
  SimpleFpn pyramid(1280, 512, at::kFloat);
  test::fill(*pyramid, spec.at("weights"));
  const FeatureMaps maps = pyramid(test::regenerate(spec.at("inputs").at("x")));
  const FeatureMaps expected =
      maps_of(Golden("parity/" + spec.get<std::string>("tensors")), "level.");
  ASSERT_EQ(maps.size(), expected.size());
  for (std::size_t level = 0; level < maps.size(); ++level) {
    EXPECT_TRUE(close_relative(maps[level], expected[level], kRelative)) << "level " << level;
  }
}

TEST(RegionGolden, EncoderOfRealSize) {
  const Json json = test::load_data("parity/modules/hfre_5888.json");
  const JsonView spec(json, "hfre_5888"), inputs = spec.at("inputs");
  RegionEncoder encoder(RegionConfig{}, at::kCPU);
  test::fill(*encoder, spec.at("weights"));
  FeatureMaps auxiliary;
  while (inputs.has(cat("aux.", auxiliary.size()))) {
    auxiliary.push_back(test::regenerate(inputs.at(cat("aux.", auxiliary.size()))));
  }
  const Golden golden("parity/" + spec.get<std::string>("tensors"));
  const FeatureMaps primary = {test::regenerate(inputs.at("vt"))};
  const at::Tensor out = encoder(auxiliary, primary, boxes_of(golden));
  EXPECT_TRUE(close_relative(out, golden["out"], kRelative));
  EXPECT_TRUE(close_absolute(out, golden["out"], kAbsolute));
}

// --- the same inside whole models ---

RegionEncoder load_encoder(const std::string& folder) {
  const Json json = load_json(folder + "/config.json");
  RegionEncoder encoder(region_config_from({json, "config.json"}), at::kCPU);
  const Checkpoint checkpoint = Checkpoint::open(folder);
  StateReader(checkpoint).load(*encoder, "model.object_vp_extractor.");
  return encoder;
}

void check_case(const std::string& tensors, const std::string& folder) {
  RegionEncoder encoder = load_encoder(folder);
  const Golden golden(tensors);
  const PreparedBoxes boxes = boxes_of(golden);
  const RegionMaps maps =
      encoder->prepare(maps_of(golden, "davit.0."), maps_of(golden, "vit.level.0."));
  const FeatureMaps pyramid = maps_of(golden, "fpn.");
  ASSERT_EQ(pyramid.empty(), !encoder->config.primary_pyramid);
  for (std::size_t level = 0; level < pyramid.size(); ++level) {
    EXPECT_TRUE(close_relative(maps.primary.at(level), pyramid[level], kRelative)) << level;
  }
  const at::Tensor without = encoder->encode(maps, boxes, Positions::kOff);
  EXPECT_TRUE(close_relative(without, golden["hfre.prepos"], kRelative));
  EXPECT_TRUE(close_relative(encoder->encode(maps, boxes), golden["hfre.out"], kRelative));
}

TEST(RegionGolden, InsideModels) {
  const Json manifest = test::load_data("parity/manifest.json");
  int checked = 0;
  for (const Json& row : manifest["cases"]) {
    if (!row["full_dump"].get<bool>()) continue;
    SCOPED_TRACE(row["name"].get<std::string>());
    const Json record = test::load_data("parity/" + row["case"].get<std::string>());
    check_case("parity/" + record["tensors"].get<std::string>(),
               test::data_path("parity/" + row["model"].get<std::string>()));
    ++checked;
  }
  EXPECT_GT(checked, 0);
}

}  // namespace
}  // namespace fo1
