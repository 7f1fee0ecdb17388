// OmDet-Turbo's encoder, RT-DETR's (arXiv 2304.08069): a transformer on the coarsest map, then the
// maps are joined from coarse to fine and back.
#pragma once

#include "base/control.h"
#include "proposal/conv_norm.h"
#include "proposal/omdet_config.h"

namespace fo1 {

// Self-attention with one projection each for queries, keys and values.
struct OmDetAttentionImpl : torch::nn::Module {
  OmDetAttentionImpl(int64_t dim, int64_t heads, const at::TensorOptions& options);
  // x: [B, T, C], what looks and is looked for; values: [B, T, C], what is seen; mask: [B, 1, 1,
  // T], bool, true: may be seen; undefined: all -> [B, T, C]
  at::Tensor forward(const at::Tensor& x, const at::Tensor& values, const at::Tensor& mask = {});

  int64_t heads;
  Linear query{nullptr}, key{nullptr}, value{nullptr}, out_proj{nullptr};
};
TORCH_MODULE(OmDetAttention);

// Where the cells of a map are: [H * W, dim]. Sine and cosine of a column and of a row. Cell i, row
// by row, gets the numbers that belong to cell i column by column: the weights were trained so.
at::Tensor grid_embedding(Size map, int64_t dim, double temperature,
                          const at::TensorOptions& options);

struct OmDetEncoderLayerImpl : torch::nn::Module {
  OmDetEncoderLayerImpl(const OmDetEncoderConfig& config, const at::TensorOptions& options);
  // x: [B, T, C]; position: [T, C], undefined: none -> [B, T, C]
  at::Tensor forward(const at::Tensor& x, const at::Tensor& position);

  Activation activation;
  OmDetAttention self_attn{nullptr};
  LayerNorm self_attn_layer_norm{nullptr}, final_layer_norm{nullptr};
  Linear fc1{nullptr}, fc2{nullptr};
};
TORCH_MODULE(OmDetEncoderLayer);

// A 3x3 and a 1x1 convolution side by side (RepVGG).
struct RepBlockImpl : torch::nn::Module {
  RepBlockImpl(const OmDetEncoderConfig& config, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& x);  // [B, csp_dim, H, W] -> same

  Activation activation;
  ConvNorm conv1{nullptr}, conv2{nullptr};
};
TORCH_MODULE(RepBlock);

// Two maps become one; half of the channels take a short cut (CSPNet).
struct CspBlockImpl : torch::nn::Module {
  CspBlockImpl(const OmDetEncoderConfig& config, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& a, const at::Tensor& b);  // [B, C, H, W] each -> same

  ConvNorm conv1{nullptr}, conv2{nullptr};
  ConvNorm conv3{nullptr};  // only where csp_dim differs from dim
  std::vector<RepBlock> bottlenecks;
};
TORCH_MODULE(CspBlock);

struct OmDetEncoderImpl : torch::nn::Module {
  OmDetEncoderImpl(OmDetEncoderConfig config, const at::TensorOptions& options);
  // Maps [B, in_dims[l], H, W], fine to coarse, each half as large as the one before -> maps of the
  // same sizes, [B, dim, H, W].
  FeatureMaps forward(const FeatureMaps& maps, const Control& control);

  OmDetEncoderConfig config;
  std::vector<ConvNorm> channel_projection_layers;           // of each map
  std::vector<std::vector<OmDetEncoderLayer>> transformers;  // of each map in config.transformed
  std::vector<ConvNorm> lateral_convs;                       // coarse to fine
  std::vector<CspBlock> fpn_blocks;
  std::vector<ConvNorm> downsample_convs;  // fine to coarse
  std::vector<CspBlock> pan_blocks;

 private:
  void transform(std::size_t index, at::Tensor& map, const Control& control);
  void join_downwards(FeatureMaps& maps, const Control& control);
  void join_upwards(FeatureMaps& maps, const Control& control);
};
TORCH_MODULE(OmDetEncoder);

}  // namespace fo1
