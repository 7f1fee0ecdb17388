#include "proposal/omdet_config.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "base/error.h"
#include "proposal/config_rules.h"

namespace fo1 {
namespace {

// Backbones by the names that timm gives them. All have four stages, 2, 2, `depth` and 2 blocks
// deep, and heads of 32 channels.
struct TimmSwin {
  const char* name;
  int64_t dim, depth, window;
};
constexpr TimmSwin kTimmSwins[] = {
    {"swin_tiny_patch4_window7_224", 96, 6, 7},    {"swin_small_patch4_window7_224", 96, 18, 7},
    {"swin_base_patch4_window7_224", 128, 18, 7},  {"swin_base_patch4_window12_384", 128, 18, 12},
    {"swin_large_patch4_window7_224", 192, 18, 7}, {"swin_large_patch4_window12_384", 192, 18, 12},
};

// What timm's constructor may be given: what is read below, and what has no influence on inference.
constexpr const char* kBackboneKeys[] = {
    "embed_dim",       "depths",    "num_heads",      "window_size",      "patch_size",
    "mlp_ratio",       "qkv_bias",  "out_indices",    "always_partition", "img_size",
    "strict_img_size", "drop_rate", "proj_drop_rate", "attn_drop_rate",   "drop_path_rate",
};

void require_known_keys(const JsonView& kwargs) {
  for (const std::string& key : kwargs.keys()) {
    if (std::ranges::find(kBackboneKeys, key) != std::end(kBackboneKeys)) continue;
    fail(ErrorCode::kUnsupported, kwargs.where(), ": ", quoted(key), " is not supported");
  }
}

void use_timm_swin(const JsonView& config, SwinConfig& swin) {
  const auto name = config.get_or<std::string>("backbone", kTimmSwins[0].name);
  const std::string model = name.substr(0, name.find('.'));  // without the tag of its training
  std::string known;
  for (const TimmSwin& row : kTimmSwins) {
    known += cat(known.empty() ? "" : ", ", row.name);
    if (model != row.name) continue;
    swin.dim = row.dim;
    swin.depths = {2, 2, row.depth, 2};
    swin.heads = {row.dim / 32, row.dim / 16, row.dim / 8, row.dim / 4};
    swin.window = row.window;
    return;
  }
  fail(ErrorCode::kUnsupported, config.where(), ": backbone ", quoted(name),
       " is not one this library has; known: ", known);
}

SwinConfig backbone_from(const JsonView& config, SwinConfig swin) {
  require_value(config, "use_timm_backbone", true);
  if (config.has("backbone_config")) {
    fail(ErrorCode::kUnsupported, config.at("backbone_config").where(),
         ": expected none, the backbone named by `backbone`");
  }
  require_value(config, "apply_layernorm_after_vision_backbone", true);
  use_timm_swin(config, swin);
  if (!config.has("backbone_kwargs")) return swin;
  const JsonView json = config.at("backbone_kwargs");
  require_known_keys(json);
  const auto read = [&](const char* key, auto& value) { value = json.get_or(key, value); };
  read("embed_dim", swin.dim);
  read("depths", swin.depths);
  read("num_heads", swin.heads);
  read("window_size", swin.window);
  read("patch_size", swin.patch);
  read("mlp_ratio", swin.mlp_ratio);
  read("qkv_bias", swin.qkv_bias);
  read("out_indices", swin.outputs);
  swin.shrink_windows = !json.get_or("always_partition", true);
  return swin;
}

OmDetEncoderConfig encoder_from(const JsonView& config, OmDetEncoderConfig encoder) {
  const auto read = [&](const char* key, auto& value) { value = config.get_or(key, value); };
  double expansion = 1;
  read("encoder_in_channels", encoder.in_dims);
  read("encoder_hidden_dim", encoder.dim);
  read("d_model", encoder.dim);  // its other name, which wins
  read("encoder_projection_indices", encoder.transformed);
  read("encoder_layers", encoder.layers);
  read("encoder_attention_heads", encoder.heads);
  read("encoder_dim_feedforward", encoder.hidden);
  encoder.position = !config.has("eval_size");
  read("positional_encoding_temperature", encoder.temperature);
  read("hidden_expansion", expansion);
  const double csp_dim = static_cast<double>(encoder.dim) * expansion;
  if (!(csp_dim >= 1 && csp_dim < 1e6)) {
    config.at("hidden_expansion").expected("a factor that leaves 1 to 1000000 channels");
  }
  encoder.csp_dim = static_cast<int64_t>(csp_dim);
  encoder.feedforward_activation =
      activation_from(config, "encoder_feedforward_activation", encoder.feedforward_activation);
  encoder.conv_activation =
      activation_from(config, "conv_norm_activation", encoder.conv_activation);
  encoder.csp_activation = activation_from(config, "csp_activation", encoder.csp_activation);
  read("layer_norm_eps", encoder.layer_norm_eps);
  read("batch_norm_eps", encoder.batch_norm_eps);
  return encoder;
}

OmDetDecoderConfig decoder_from(const JsonView& config, OmDetDecoderConfig decoder) {
  const auto read = [&](const char* key, auto& value) { value = config.get_or(key, value); };
  read("decoder_hidden_dim", decoder.dim);
  read("class_embed_dim", decoder.class_dim);
  read("task_encoder_hidden_dim", decoder.task_hidden);
  read("num_queries", decoder.queries);
  read("num_feature_levels", decoder.levels);
  read("decoder_num_layers", decoder.layers);
  read("decoder_num_heads", decoder.heads);
  read("decoder_num_points", decoder.points);
  read("decoder_dim_feedforward", decoder.hidden);
  read("learn_initial_query", decoder.learned_queries);
  read("layer_norm_eps", decoder.layer_norm_eps);
  decoder.activation = activation_from(config, "decoder_activation", decoder.activation);
  const auto distance = config.get_or<std::string>("class_distance_type", "cosine");
  if (distance != "cosine" && distance != "dot") {
    config.at("class_distance_type").expected("cosine or dot");
  }
  decoder.cosine = distance == "cosine";
  return decoder;
}

PictureRule picture_from(const JsonView& config, const JsonView& preprocessor, PictureRule rule) {
  constexpr int64_t kBilinear = 2;  // as Pillow counts
  require_value(preprocessor, "do_resize", true);
  require_value(preprocessor, "do_normalize", true);
  require_value(preprocessor, "resample", kBilinear);
  const auto side = config.get_or("image_size", rule.stretched.width);
  rule.stretched = {side, side};
  if (preprocessor.has("size")) {
    const JsonView size = preprocessor.at("size");
    rule.stretched = {size.get<int64_t>("width"), size.get<int64_t>("height")};
  }
  if (preprocessor.get_or("do_rescale", false)) {
    rule.white = 255 * preprocessor.get_or("rescale_factor", 1.0 / 255);
  }
  read_colours(preprocessor, rule);
  return rule;
}

// The encoder joins each map with the next finer one, twice as large.
void check_picture(const OmDetConfig& config) {
  constexpr int64_t kLongestSide = 16384;
  const ConfigRules rules("OmDet-Turbo's preprocessor");
  const PictureRule& picture = config.picture;
  const auto [width, height] = picture.stretched;
  rules.require(std::min(width, height) > 0 && std::max(width, height) <= kLongestSide &&
                    config.backbone.patch <= kLongestSide,
                "the picture's sides must be 1 to 16384 pixels");
  int64_t cells = 0;
  for (const int64_t stage : config.backbone.outputs) {
    const int64_t stride = config.backbone.patch << stage;
    rules.require(width % stride == 0 && height % stride == 0,
                  "the picture's sides must be multiples of the coarsest map's stride");
    cells += (width / stride) * (height / stride);
  }
  rules.require(cells >= config.decoder.queries,
                "num_queries must not exceed the number of the maps' cells");
  rules.require(std::isfinite(picture.white) && picture.white > 0,
                "rescale_factor must be positive");
  check_colours(picture, rules);
}

void check_backbone(const SwinConfig& swin) {
  swin.validate("OmDet-Turbo's backbone");
  const auto& stages = swin.outputs;
  ConfigRules("OmDet-Turbo's backbone")
      .require(stages.back() - stages.front() + 1 == static_cast<int64_t>(stages.size()) &&
                   stages.back() + 1 == static_cast<int64_t>(swin.depths.size()),
               "out_indices must name the last stages, without a gap");
}

}  // namespace

void OmDetConfig::validate() const {
  check_backbone(backbone);
  text.validate();
  const ConfigRules rules("OmDet-Turbo");
  const auto levels = static_cast<int64_t>(encoder.in_dims.size());
  rules.require(encoder.in_dims == backbone.output_dims(),
                "encoder_in_channels must be the channels of the backbone's maps");
  rules.require_sizes({encoder.dim, encoder.heads, encoder.hidden, encoder.csp_dim, decoder.dim,
                       decoder.class_dim, decoder.task_hidden, decoder.queries, decoder.heads,
                       decoder.points, decoder.hidden});
  rules.require_layers({encoder.layers, decoder.layers});
  rules.require(decoder.layers > 0, "decoder_num_layers must be positive");
  rules.require(encoder.dim % encoder.heads == 0,
                "d_model must be a multiple of encoder_attention_heads");
  rules.require(!encoder.position || (encoder.dim % 4 == 0 && encoder.temperature > 0),
                "d_model must be a multiple of 4, positional_encoding_temperature positive");
  rules.require(std::ranges::all_of(encoder.transformed,
                                    [&](int64_t level) { return level >= 0 && level < levels; }),
                "encoder_projection_indices must name maps");
  rules.require(encoder.layer_norm_eps > 0 && encoder.batch_norm_eps > 0,
                "each eps must be positive");
  rules.require(decoder.dim == encoder.dim, "decoder_hidden_dim must equal d_model");
  rules.require(decoder.dim % decoder.heads == 0,
                "decoder_hidden_dim must be a multiple of decoder_num_heads");
  rules.require(decoder.levels == levels,
                "num_feature_levels must be the number of the backbone's maps");
  // The published code leaves out the projection that it then calls.
  rules.require(decoder.class_dim != decoder.dim,
                "class_embed_dim must differ from decoder_hidden_dim");
  rules.require(decoder.class_dim == text.dim,
                "class_embed_dim must be the text model's hidden_size");
  check_picture(*this);
}

OmDetConfig omdet_config_from(const JsonView& config, const JsonView& preprocessor) {
  OmDetConfig result;
  result.backbone = backbone_from(config, result.backbone);
  result.encoder = encoder_from(config, result.encoder);
  result.decoder = decoder_from(config, result.decoder);
  if (config.has("text_config")) result.text = clip_text_config_from(config.at("text_config"));
  result.picture = picture_from(config, preprocessor, result.picture);
  require_value(config, "text_projection_in_dim", result.text.dim);
  require_value(config, "text_projection_out_dim", result.decoder.class_dim);
  if (config.has("vision_features_channels") &&
      config.get<std::vector<int64_t>>("vision_features_channels") !=
          std::vector<int64_t>(result.encoder.in_dims.size(), result.encoder.dim)) {
    config.at("vision_features_channels").expected("d_model for each of the backbone's maps");
  }
  result.validate();
  return result;
}

}  // namespace fo1
