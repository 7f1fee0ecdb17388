#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "connector/projector.h"
#include "connector/splice.h"
#include "fo1/error.h"
#include "support/close.h"
#include "support/golden.h"
#include "support/gradients.h"

namespace fo1 {
namespace {

TEST(Projector, MatchesRecordedRealSizeConnector) {
  const Json json = test::load_data("parity/modules/connector_5888.json");
  const JsonView spec(json, "connector_5888.json");
  const test::Golden golden("parity/" + spec.get<std::string>("tensors"));
  Projector projector("mlp2x_gelu", 5888, 2048, at::TensorOptions(at::kFloat));
  test::fill(*projector, spec.at("weights"));
  EXPECT_TRUE(test::close_relative(projector(test::regenerate(spec.at("inputs").at("x"))),
                                   golden["out"], 5e-5));
}

TEST(Projector, LinearIsNamedWithoutALayerNumber) {
  Projector projector("linear", 6, 4, at::TensorOptions(at::kFloat));
  const auto parameters = projector->named_parameters();
  ASSERT_TRUE(parameters.contains("weight") && parameters.contains("bias"));
  parameters["weight"].set_data(at::eye(4, 6));
  parameters["bias"].set_data(at::ones({4}));
  const at::Tensor x = at::arange(6, at::kFloat).unsqueeze(0);
  EXPECT_TRUE(projector(x).equal(x.narrow(1, 0, 4) + 1));
}

TEST(Projector, KindsAndWidths) {
  const auto options = at::TensorOptions(at::kMeta);
  EXPECT_EQ(Projector("mlp3x_gelu", 6, 4, options)->named_parameters().size(), 6u);
  EXPECT_EQ(Projector("identity", 4, 4, options)(at::empty({2, 4}, options)).size(1), 4);
  EXPECT_EQ(Projector("mlp3x_gelu", 6, 4, options)(at::empty({2, 6}, options)).size(1), 4);
  EXPECT_THROW(Projector("identity", 6, 4, options), Error);
  for (const char* kind : {"", "mlp0x_gelu", "mlp2x_relu", "resampler"}) {
    EXPECT_THROW(Projector(kind, 4, 4, options), Error) << kind;
  }
}

TEST(Projector, Trains) {
  Projector projector("mlp3x_gelu", 6, 4, at::kFloat);
  at::manual_seed(2);
  const at::Tensor x = at::randn({5, 6});
  test::expect_gradients(*projector, [&] { return projector(x); });
}

TEST(Splice, PutsEveryRowAtItsPlace) {
  const std::vector<int64_t> ids = {7, -200, 8, 9, -300, 10, -300};
  const Size grids[] = {{2, 1}};
  const auto segments = segments_of(ids, grids);
  const at::Tensor text = at::tensor({7., 8., 9., 10.}).unsqueeze(1);
  const at::Tensor images[] = {at::tensor({-1., -2.}).unsqueeze(1)};
  const at::Tensor regions = at::tensor({100., 200.}).unsqueeze(1);
  EXPECT_TRUE(splice(segments, text, images, regions)
                  .flatten()
                  .equal(at::tensor({7., -1., -2., 8., 9., 100., 10., 200.})));
  EXPECT_EQ(text_ids(ids), (std::vector<int64_t>{7, 8, 9, 10}));
}

TEST(Splice, MarksAndImagesMustMatch) {
  const std::vector<int64_t> ids = {-200};
  EXPECT_THROW(segments_of(ids, {}), Error);
  const Size grids[] = {{1, 1}, {1, 1}};
  EXPECT_THROW(segments_of(ids, grids), Error);
  const auto segments = segments_of(ids, std::span(grids, 1));
  const at::Tensor images[] = {at::zeros({3, 4})};
  EXPECT_THROW(splice(segments, at::zeros({0, 4}), images, at::zeros({0, 4})), Error);
}

TEST(Splice, RunsOnTheMetaDevice) {
  const std::vector<int64_t> ids = {1, -200, -300, 2};
  const Size grids[] = {{3, 2}};
  const auto options = at::TensorOptions(at::kMeta);
  const at::Tensor images[] = {at::empty({6, 8}, options)};
  EXPECT_EQ(splice(segments_of(ids, grids), at::empty({2, 8}, options), images,
                   at::empty({1, 8}, options))
                .size(0),
            9);
}

}  // namespace
}  // namespace fo1
