// Which checkpoints of OmDet-Turbo are understood, which are refused.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "proposal/omdet.h"
#include "support/data.h"
#include "support/errors.h"
#include "support/golden.h"

namespace fo1 {
namespace {

using test::fails_with;

OmDetConfig config_from(const Json& config, const Json& preprocessor = Json::object()) {
  return omdet_config_from({config, "config.json"}, {preprocessor, "preprocessor_config.json"});
}

TEST(OmDetConfig, DefaultsAreThePublishedModel) {
  const OmDetConfig config = config_from(Json::object());
  EXPECT_EQ(config.backbone.output_dims(), (std::vector<int64_t>{192, 384, 768}));
  EXPECT_EQ(config.backbone.depths, (std::vector<int64_t>{2, 2, 6, 2}));
  EXPECT_FALSE(config.backbone.pad_before_shift);
  EXPECT_FALSE(config.backbone.shrink_windows);
  EXPECT_EQ(config.picture.stretched, (Size{640, 640}));
  EXPECT_EQ(config.picture.white, 255);
  EXPECT_EQ(config.decoder.queries, 900);
}

TEST(OmDetConfig, BackbonesAreKnownByName) {
  const Json dims = {{"encoder_in_channels", {256, 512, 1024}}};
  Json json = dims;
  json["backbone"] = "swin_base_patch4_window12_384.ms_in22k";
  const SwinConfig swin = config_from(json).backbone;
  EXPECT_EQ(swin.dim, 128);
  EXPECT_EQ(swin.depths, (std::vector<int64_t>{2, 2, 18, 2}));
  EXPECT_EQ(swin.heads, (std::vector<int64_t>{4, 8, 16, 32}));
  EXPECT_EQ(swin.window, 12);
  json["backbone_kwargs"] = {{"window_size", 8}, {"always_partition", false}, {"img_size", 640}};
  EXPECT_EQ(config_from(json).backbone.window, 8);
  EXPECT_TRUE(config_from(json).backbone.shrink_windows);
}

TEST(OmDetConfig, PictureFollowsThePreprocessor) {
  const Json scaled = {{"do_rescale", true},
                       {"rescale_factor", 0.5},
                       {"image_mean", {1, 2, 3}},
                       {"image_std", {4, 5, 6}},
                       {"size", {{"height", 320}, {"width", 352}}}};
  const PictureRule rule = config_from(Json::object(), scaled).picture;
  EXPECT_EQ(rule.fit, PictureRule::Fit::kStretch);
  EXPECT_EQ(rule.stretched, (Size{352, 320}));
  EXPECT_EQ(rule.white, 127.5);
  EXPECT_EQ(rule.mean, (std::array<double, 3>{1, 2, 3}));
  EXPECT_EQ(rule.std, (std::array<double, 3>{4, 5, 6}));
  EXPECT_EQ(config_from({{"image_size", 800}}).picture.stretched, (Size{800, 800}));
}

TEST(OmDetConfig, ActivationsAreKnownByName) {
  const OmDetConfig config = config_from({{"csp_activation", nullptr},
                                          {"conv_norm_activation", "relu"},
                                          {"decoder_activation", "gelu"},
                                          {"text_config", {{"hidden_act", "gelu"}}}});
  EXPECT_EQ(config.encoder.csp_activation, Activation::kNone);
  EXPECT_EQ(config.encoder.conv_activation, Activation::kRelu);
  EXPECT_EQ(config.decoder.activation, Activation::kGelu);
  EXPECT_EQ(config.text.activation, Activation::kGelu);
  EXPECT_EQ(config.encoder.feedforward_activation, Activation::kRelu);
}

TEST(OmDetConfig, RefusesWhatItCannotRun) {
  const auto refuses = [](const Json& config, const std::string& text,
                          ErrorCode code = ErrorCode::kUnsupported) {
    return fails_with([&] { config_from(config); }, code, text);
  };
  EXPECT_TRUE(refuses({{"backbone", "resnet50"}}, "\"resnet50\" is not one this library has"));
  EXPECT_TRUE(refuses({{"use_timm_backbone", false}}, "use_timm_backbone: expected true"));
  EXPECT_TRUE(refuses({{"backbone_config", {{"model_type", "swin"}}}}, "backbone_config"));
  EXPECT_TRUE(refuses({{"apply_layernorm_after_vision_backbone", false}}, "apply_layernorm"));
  const auto backbone = [&](const Json& kwargs, const std::string& text) {
    return refuses({{"backbone_kwargs", kwargs}}, text);
  };
  EXPECT_TRUE(backbone({{"norm_layer", "bn"}}, "backbone_kwargs: \"norm_layer\""));
  EXPECT_TRUE(backbone({{"depths", {2, 2}}}, "same length"));
  EXPECT_TRUE(backbone({{"out_indices", {0, 1, 2}}}, "out_indices must name the last stages"));
  EXPECT_TRUE(backbone({{"out_indices", {1, 3}}}, "without a gap"));
  EXPECT_TRUE(backbone({{"patch_size", int64_t{1} << 62}}, "patch size must be"));
  EXPECT_TRUE(backbone({{"embed_dim", 48}}, "encoder_in_channels must be"));

  EXPECT_TRUE(refuses({{"d_model", 254}}, "multiple of encoder_attention_heads"));
  EXPECT_TRUE(refuses({{"d_model", 252}, {"encoder_attention_heads", 7}},
                      "decoder_hidden_dim must equal d_model"));
  EXPECT_TRUE(refuses({{"num_queries", 0}}, "sizes must be 1 to 1048576"));
  EXPECT_TRUE(refuses({{"num_queries", 8401}}, "num_queries must not exceed"));
  EXPECT_TRUE(refuses({{"decoder_num_heads", 7}}, "multiple of decoder_num_heads"));
  EXPECT_TRUE(refuses({{"num_feature_levels", 4}}, "num_feature_levels"));
  EXPECT_TRUE(refuses({{"encoder_projection_indices", {3}}}, "encoder_projection_indices"));
  EXPECT_TRUE(refuses({{"image_size", 650}}, "multiples of the coarsest map's stride"));
  EXPECT_TRUE(
      refuses({{"class_distance_type", "far"}}, "expected cosine or dot", ErrorCode::kCorruptFile));
  EXPECT_TRUE(refuses({{"hidden_expansion", 0}}, "hidden_expansion", ErrorCode::kCorruptFile));
  EXPECT_TRUE(refuses({{"vision_features_channels", {256, 256}}}, "vision_features_channels",
                      ErrorCode::kCorruptFile));
  EXPECT_TRUE(refuses({{"csp_activation", "snake"}},
                      "csp_activation: unknown activation \"snake\", expected one of gelu"));

  EXPECT_TRUE(refuses({{"class_embed_dim", 256}, {"text_projection_out_dim", 256}},
                      "class_embed_dim must differ"));
  EXPECT_TRUE(refuses({{"class_embed_dim", 384}, {"text_projection_out_dim", 384}},
                      "class_embed_dim must be the text model's hidden_size"));
  EXPECT_TRUE(refuses({{"text_projection_in_dim", 384}}, "text_projection_in_dim: expected 512"));
  EXPECT_TRUE(refuses({{"text_config", {{"num_attention_heads", 7}}}}, "num_attention_heads"));
  EXPECT_TRUE(refuses({{"text_config", {{"model_type", "bert"}}}},
                      "model_type: expected \"clip_text_model\""));
}

TEST(OmDetConfig, RefusesOtherPreprocessing) {
  const auto refuses = [](const Json& preprocessor, const std::string& text,
                          ErrorCode code = ErrorCode::kUnsupported) {
    return fails_with([&] { config_from(Json::object(), preprocessor); }, code, text);
  };
  EXPECT_TRUE(refuses({{"resample", 3}}, "resample: expected 2"));
  EXPECT_TRUE(refuses({{"do_resize", false}}, "do_resize"));
  EXPECT_TRUE(refuses({{"do_normalize", false}}, "do_normalize"));
  EXPECT_TRUE(refuses({{"size", {{"shortest_edge", 800}}}}, "\"width\"", ErrorCode::kCorruptFile));
  EXPECT_TRUE(refuses({{"size", {{"width", 640}, {"height", -32}}}}, "1 to 16384 pixels"));
  EXPECT_TRUE(refuses({{"image_std", {1, 1, 0}}}, "image_std"));
  EXPECT_TRUE(refuses({{"image_mean", {1}}}, "3 numbers", ErrorCode::kCorruptFile));
}

// Loads the recorded weights into a model of another configuration.
void load_changed(const Json& change) {
  Json json = test::load_data("omdet_turbo/config.json");
  json.update(change);
  const Checkpoint checkpoint = Checkpoint::open(test::data_path("omdet_turbo"));
  OmDet model(config_from(json), at::kFloat);
  model.load(checkpoint);
}

TEST(OmDetLoading, NamesWhatIsMissingOrTooMuch) {
  EXPECT_TRUE(fails_with(
      [] {
        load_changed({{"learn_initial_query", true}});
      },
      ErrorCode::kNotFound, "\"decoder.tgt_embed.weight\""));
  EXPECT_TRUE(fails_with(
      [] {
        load_changed({{"decoder_num_layers", 2}});
      },
      ErrorCode::kCorruptFile, "\"decoder.decoder_bbox_head.2."));
  EXPECT_TRUE(fails_with(
      [] {
        load_changed({{"hidden_expansion", 0.5}});
      },
      ErrorCode::kCorruptFile, "conv3"));
}

TEST(OmDet, LearnedQueriesStartFromTheirWeights) {
  OmDetDecoderConfig config;
  config.dim = 8;
  config.queries = 3;
  config.class_dim = 4;
  config.learned_queries = true;
  OmDetDecoder decoder(config, at::kFloat);
  for (at::Tensor& weight : decoder->parameters()) weight.fill_(0.1);
  decoder->tgt_embed->weight.copy_(at::arange(24).view({3, 8}));
  const OmDetSelection selection{{}, {}, at::zeros({2, 3, 8}), at::zeros({2, 3, 4})};
  const OmDetQueries queries = decoder->start(selection, at::ones({2, 5, 4}));
  EXPECT_TRUE(at::equal(queries.tokens[1], decoder->tgt_embed->weight));
  EXPECT_TRUE(at::equal(queries.boxes, at::full({2, 3, 4}, 0.5)));
}

TEST(OmDet, RealSizesRunOnTheMetaDevice) {
  const auto meta = at::TensorOptions(at::kMeta).dtype(at::kHalf);
  OmDet model(OmDetConfig(), meta);
  const ProposalQuery query =
      model.read({{}, {{49406, 320, 49407}, {49406, 49407}}, {49406, 7}}, Control::unlimited());
  EXPECT_EQ(query.classes.sizes(), (std::vector<int64_t>{2, 512}));
  const at::Tensor pixels = at::empty({1, 3, 640, 640}, meta);
  const FeatureMaps maps =
      model.encoder(model.see(pixels, Control::unlimited()), Control::unlimited());
  EXPECT_EQ(maps[0].sizes(), (std::vector<int64_t>{1, 256, 80, 80}));
  EXPECT_EQ(maps[2].sizes(), (std::vector<int64_t>{1, 256, 20, 20}));
  const OmDetPrompt prompt{query.classes.unsqueeze(0), query.task.unsqueeze(0),
                           at::empty({1, 2}, meta.dtype(at::kBool))};
  const OmDetBoxes found = model.decoder(maps, prompt, Control::unlimited());
  EXPECT_EQ(found.logits.sizes(), (std::vector<int64_t>{1, 900, 2}));
  EXPECT_EQ(found.boxes.sizes(), (std::vector<int64_t>{1, 900, 4}));
  EXPECT_EQ(found.boxes.scalar_type(), at::kFloat);
}

}  // namespace
}  // namespace fo1
