#include "region/region_encoder.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <limits>

#include "base/error.h"
#include "region/samples.h"
#include "support/close.h"
#include "support/errors.h"
#include "support/gradients.h"

namespace fo1 {
namespace {

using test::close_relative;
using test::fails_with;

constexpr Size kAuxiliaryCells{31, 23};
constexpr int64_t kGridWidth = 10, kGridHeight = 6;

RegionConfig small_config() {
  RegionConfig config;
  config.auxiliary_dims = {8, 12, 20, 24};
  config.primary_dim = 32;
  config.pyramid_dim = 16;
  return config;
}

// Weights that keep values near one.
RegionEncoder make_encoder(const RegionConfig& config) {
  RegionEncoder encoder(config, at::kCPU);
  int64_t seed = 20;
  for (at::Tensor& weight : encoder->parameters()) {
    const at::Tensor noise = test::noise_maps({1}, {weight.numel(), 1}, seed++).front();
    weight.copy_(noise.view(weight.sizes()) * 0.1 + (weight.dim() == 1 ? 1.0 : 0.0));
  }
  return encoder;
}

struct Inputs {
  FeatureMaps auxiliary = test::noise_maps({8, 12, 20, 24}, kAuxiliaryCells, 40);
  FeatureMaps primary;
  PreparedBoxes boxes = {
      test::awkward_boxes({kAuxiliaryCells.width * 4, kAuxiliaryCells.height * 4}, 41),
      test::awkward_boxes({kGridWidth * 14, kGridHeight * 14}, 41)};

  Inputs() {
    for (int64_t level = 0; level < 4; ++level) {
      primary.push_back(test::noise_maps({32}, {kGridWidth, kGridHeight}, 42 + level).front());
    }
  }
};

PreparedBoxes select(const PreparedBoxes& boxes, const at::Tensor& rows) {
  return {boxes.auxiliary.index_select(0, rows), boxes.primary.index_select(0, rows)};
}

FeatureMaps converted(const FeatureMaps& maps, const at::TensorOptions& options) {
  FeatureMaps out;
  for (const at::Tensor& map : maps) out.push_back(map.to(options));
  return out;
}

// The configurations with different modules and paths.
std::vector<RegionConfig> configurations() {
  std::vector<RegionConfig> all(7, small_config());
  all[1].primary_pyramid = false;
  all[2].layer_norm = true;
  all[2].position = PositionStrategy::kBoth;
  all[3].primary_only = true;
  all[4].box_position = BoxPosition::kAuxiliaryBox;
  all[5].auxiliary_only = true;
  all[6].auxiliary_chosen = {0, 3};
  all[6].primary_pyramid = false;
  all[6].primary_chosen = {3};
  return all;
}

TEST(RegionEncoder, NoRegions) {
  Inputs in;
  const PreparedBoxes none = {at::empty({0, 4}), at::empty({0, 4})};
  for (const RegionConfig& config : configurations()) {
    RegionEncoder encoder = make_encoder(config);
    EXPECT_EQ(encoder(in.auxiliary, in.primary, none).sizes(),
              at::IntArrayRef({0, config.width()}));
  }
}

TEST(RegionEncoder, RowsFollowTheBoxesExactly) {
  Inputs in;
  const int64_t count = in.boxes.primary.size(0);
  for (const RegionConfig& config : configurations()) {
    RegionEncoder encoder = make_encoder(config);
    const RegionMaps maps = encoder->prepare(in.auxiliary, in.primary);
    const at::Tensor out = encoder->encode(maps, in.boxes);
    ASSERT_EQ(out.sizes(), at::IntArrayRef({count, config.width()}));
    for (const at::Tensor& order :
         {at::arange(count - 1, -1, -1), at::arange(count).roll(5), at::arange(count).repeat(2)}) {
      const at::Tensor again = encoder->encode(maps, select(in.boxes, order));
      EXPECT_TRUE(at::equal(again, out.index_select(0, order)));
    }
  }
}

// Parts of the feature can be had alone: they are the same there.
TEST(RegionEncoder, TowersAndLevelsCanBeLeftOut) {
  Inputs in;
  const auto encode = [&](RegionEncoder& encoder) {
    return encoder->encode(encoder->prepare(in.auxiliary, in.primary), in.boxes, Positions::kOff);
  };
  RegionEncoder whole = make_encoder(small_config());
  const at::Tensor all = encode(whole);
  RegionConfig config = small_config();
  config.auxiliary_only = true;
  RegionEncoder without_primary = make_encoder(config);
  EXPECT_TRUE(encode(without_primary).equal(all.narrow(1, 0, config.auxiliary_width())));
  config.auxiliary_chosen = {0, 2};
  RegionEncoder two_levels = make_encoder(config);
  const at::Tensor two = encode(two_levels);
  EXPECT_EQ(two.size(1), 8 + 20);
  EXPECT_TRUE(two.equal(at::cat({all.narrow(1, 0, 8), all.narrow(1, 20, 20)}, 1)));
}

// A region's row is its own affair, up to the rounding of a product with more or fewer rows.
TEST(RegionEncoder, CompanyDoesNotMatter) {
  Inputs in;
  RegionEncoder encoder = make_encoder(small_config());
  const RegionMaps maps = encoder->prepare(in.auxiliary, in.primary);
  const at::Tensor out = encoder->encode(maps, in.boxes);
  for (int64_t region = 0; region < out.size(0); ++region) {
    const at::Tensor alone = encoder->encode(maps, select(in.boxes, at::tensor({region})));
    EXPECT_TRUE(close_relative(alone, out.narrow(0, region, 1), 1e-6)) << region;
  }
}

TEST(RegionEncoder, SeveralPicturesTogether) {
  Inputs in;
  const auto flipped = [](const FeatureMaps& maps) {
    FeatureMaps other;
    for (const at::Tensor& map : maps) other.push_back(map.flip(3));
    return other;
  };
  const auto both = [](const FeatureMaps& one, const FeatureMaps& other) {
    FeatureMaps maps;
    for (std::size_t l = 0; l < one.size(); ++l) maps.push_back(at::cat({one[l], other[l]}));
    return maps;
  };
  const FeatureMaps auxiliary = flipped(in.auxiliary), primary = flipped(in.primary);
  const PreparedBoxes few = select(in.boxes, at::tensor({7, 1, 7}));
  for (const RegionConfig& config : configurations()) {
    RegionEncoder encoder = make_encoder(config);
    const RegionMaps maps =
        encoder->prepare(both(in.auxiliary, auxiliary), both(in.primary, primary));
    const PreparedBoxes boxes[] = {in.boxes, few};
    const at::Tensor expected =
        at::cat({encoder(in.auxiliary, in.primary, in.boxes), encoder(auxiliary, primary, few)});
    EXPECT_TRUE(close_relative(encoder->encode(maps, boxes), expected, 1e-6));
  }
}

TEST(RegionEncoder, NamesABadBoxAsListed) {
  Inputs in;
  RegionEncoder encoder = make_encoder(small_config());
  const RegionMaps maps = encoder->prepare(in.auxiliary, in.primary);
  in.boxes.primary[5][2] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(fails_with([&] { encoder->encode(maps, in.boxes); }, ErrorCode::kInvalidArgument,
                         "boxes[5][2]: expected a pixel coordinate"));
}

TEST(RegionEncoder, PositionsCanBeSwitchedOff) {
  Inputs in;
  for (RegionConfig config : configurations()) {
    RegionEncoder encoder = make_encoder(config);
    config.add_position = false;
    RegionEncoder without = make_encoder(config);
    const RegionMaps maps = encoder->prepare(in.auxiliary, in.primary);
    const at::Tensor off = encoder->encode(maps, in.boxes, Positions::kOff);
    EXPECT_TRUE(at::equal(off, without(in.auxiliary, in.primary, in.boxes)));
    EXPECT_FALSE(at::equal(off, encoder->encode(maps, in.boxes)));
  }
}

TEST(RegionEncoder, ComputesInFloat32FromNarrowMaps) {
  Inputs in;
  for (const RegionConfig& config : configurations()) {
    RegionEncoder encoder = make_encoder(config);
    const FeatureMaps auxiliary = converted(in.auxiliary, at::kBFloat16);
    const FeatureMaps primary = converted(in.primary, at::kBFloat16);
    const at::Tensor out = encoder(auxiliary, primary, in.boxes);
    const at::Tensor same =
        encoder(converted(auxiliary, at::kFloat), converted(primary, at::kFloat), in.boxes);
    EXPECT_EQ(out.scalar_type(), at::kFloat);
    EXPECT_TRUE(close_relative(out, same, 1e-6));
  }
}

// Ends of names.
std::vector<std::string> unused_maps(const RegionConfig& config) {
  std::vector<std::string> unused;
  if (config.primary_pyramid) unused = {"primary0", "primary1", "primary2"};
  if (config.primary_only) {
    unused.insert(unused.end(), {"auxiliary0", "auxiliary1", "auxiliary2", "auxiliary3"});
  }
  if (config.auxiliary_only) unused.push_back("primary3");
  if (!config.primary_chosen.empty()) {
    unused = {"primary0", "primary1", "primary2", "auxiliary1", "auxiliary2"};
  }
  return unused;
}

// The encoder's own weights, and the maps that both towers made.
TEST(RegionEncoder, Trains) {
  const Inputs in;
  for (const RegionConfig& config : configurations()) {
    torch::nn::Module towers;
    const auto parameters = [&](const FeatureMaps& maps, const std::string& name) {
      FeatureMaps registered;
      for (const at::Tensor& map : maps) {
        registered.push_back(towers.register_parameter(cat(name, registered.size()), map.clone(),
                                                       /*requires_grad=*/false));
      }
      return registered;
    };
    const FeatureMaps auxiliary = parameters(in.auxiliary, "auxiliary");
    const FeatureMaps primary = parameters(in.primary, "primary");
    RegionEncoder encoder(config, at::kCPU);
    towers.register_module("encoder", encoder);
    test::expect_gradients(
        towers, [&] { return encoder(auxiliary, primary, in.boxes); }, unused_maps(config));
  }
}

// Nothing reads a value back from the maps' device.
TEST(RegionEncoder, RunsOnTheMetaDevice) {
  Inputs in;
  const auto meta = at::TensorOptions().device(at::kMeta).dtype(at::kBFloat16);
  const FeatureMaps auxiliary = converted(in.auxiliary, meta);
  const FeatureMaps primary = converted(in.primary, meta);
  for (const RegionConfig& config : configurations()) {
    RegionEncoder encoder(config, at::kMeta);
    const at::Tensor out = encoder(auxiliary, primary, in.boxes);
    EXPECT_TRUE(out.is_meta());
    EXPECT_EQ(out.scalar_type(), at::kFloat);
    EXPECT_EQ(out.sizes(), at::IntArrayRef({in.boxes.primary.size(0), config.width()}));
  }
}

}  // namespace
}  // namespace fo1
