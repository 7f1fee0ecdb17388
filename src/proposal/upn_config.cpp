#include "proposal/upn_config.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "proposal/config_rules.h"

namespace fo1 {
namespace {

// The parts of the network that a file may describe but that have one form only.
void require_known_form(const JsonView& json) {
  require_value(json, "in_channels", 3);
  require_value(json, "swin_ape", false);
  require_value(json, "swin_patch_norm", true);
  require_value(json, "activation_swin", "gelu (erf)");
  require_value(json, "activation_ffn", "relu");
  require_value(json, "box_mlp_layers", 3);
  require_value(json, "ref_point_head_layers", 2);
  require_value(json, "two_stage", true);
  require_value(json, "learnable_tgt", true);
}

}  // namespace

void UpnConfig::validate() const {
  swin.validate("UPN's Swin");
  const ConfigRules rules("UPN");
  rules.require_sizes({dim, queries, hidden, heads, points, groups, picture.short_side,
                       picture.long_side, box_sine_features});
  rules.require_layers({encoder_layers, decoder_layers});
  rules.require(decoder_layers > 0, "decoder_layers must be positive");
  rules.require(dim % heads == 0, "hidden_dim must be a multiple of num_heads");
  rules.require(dim % groups == 0, "hidden_dim must be a multiple of group_norm_groups");
  rules.require(levels >= static_cast<int64_t>(swin.outputs.size()) && levels <= 8,
                "num_feature_levels must be the number of backbone maps or more, at most 8");
  rules.require(
      image_sine_features > 0 && image_sine_features % 2 == 0 && 2 * image_sine_features == dim,
      "pe_num_pos_feats must be even and half of hidden_dim");
  rules.require(box_sine_features > 0 && box_sine_features % 2 == 0,
                "decoder_sine_num_feats must be positive and even");
  rules.require(image_sine_temperature > 0 && box_sine_temperature > 0,
                "temperatures must be positive");
  rules.require(picture.short_side > 0 && picture.long_side >= picture.short_side,
                "resize_max must be at least resize_short, both positive");
  rules.require(inverse_sigmoid_eps > 0 && inverse_sigmoid_eps < 0.5 && layer_norm_eps > 0 &&
                    group_norm_eps > 0,
                "each eps must be positive, inverse_sigmoid_eps under 0.5");
  rules.require(cells.finest > 0 && cells.finest < 1 && cells.least >= 0 &&
                    cells.least < cells.most && cells.most <= 1,
                "proposal_base_wh and proposal_valid_range must lie between 0 and 1");
  rules.require(selection.min_score >= 0 && selection.min_score <= 1 && selection.max_iou <= 1,
                "default_min_score and default_nms must be 0 to 1");
  check_colours(picture, rules);
}

UpnConfig upn_config_from(const JsonView& config) {
  require_known_form(config);
  UpnConfig result;
  const auto read = [&](const char* key, auto& value) { value = config.get_or(key, value); };
  SwinConfig& swin = result.swin;
  read("swin_embed_dim", swin.dim);
  read("swin_depths", swin.depths);
  read("swin_num_heads", swin.heads);
  read("swin_window_size", swin.window);
  read("patch_size", swin.patch);
  read("swin_mlp_ratio", swin.mlp_ratio);
  read("swin_qkv_bias", swin.qkv_bias);
  read("swin_out_indices", swin.outputs);
  read("hidden_dim", result.dim);
  read("num_queries", result.queries);
  read("dim_feedforward", result.hidden);
  read("num_heads", result.heads);
  read("num_points", result.points);
  read("num_feature_levels", result.levels);
  read("encoder_layers", result.encoder_layers);
  read("decoder_layers", result.decoder_layers);
  read("group_norm_groups", result.groups);
  result.image_sine_features = result.box_sine_features = result.dim / 2;
  read("pe_num_pos_feats", result.image_sine_features);
  read("decoder_sine_num_feats", result.box_sine_features);
  read("pe_temperature", result.image_sine_temperature);
  read("decoder_sine_temperature", result.box_sine_temperature);
  read("layer_norm_eps", result.layer_norm_eps);
  read("group_norm_eps", result.group_norm_eps);
  read("inverse_sigmoid_eps", result.inverse_sigmoid_eps);
  read("proposal_base_wh", result.cells.finest);
  if (config.has("proposal_valid_range")) {
    const auto range = config.get<std::vector<double>>("proposal_valid_range");
    if (range.size() != 2) config.at("proposal_valid_range").expected("2 numbers");
    result.cells.least = range[0];
    result.cells.most = range[1];
  }
  PictureRule& picture = result.picture;
  read("resize_short", picture.short_side);
  read("resize_max", picture.long_side);
  read_colours(config, picture);
  read("default_min_score", result.selection.min_score);
  read("default_nms", result.selection.max_iou);
  result.validate();
  return result;
}

}  // namespace fo1
