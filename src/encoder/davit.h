// DaViT, dual attention vision transformer (arXiv 2204.03645), in the form of Florence-2: the
// high-resolution auxiliary encoder. Any image size; the maps have strides 4, 8, 16, 32.
#pragma once

#include <vector>

#include "encoder/encoder.h"
#include "nn/linear.h"
#include "nn/norm.h"

namespace fo1 {

// One entry per stage. Defaults: davit-large.
struct DaVitConfig {
  std::vector<int64_t> depths = {1, 1, 9, 1};
  std::vector<int64_t> dims = {256, 512, 1024, 2048};
  std::vector<int64_t> heads = {8, 16, 32, 64};   // of window attention
  std::vector<int64_t> groups = {8, 16, 32, 64};  // of channel attention
  std::vector<int64_t> patch_size = {7, 3, 3, 3};
  std::vector<int64_t> patch_stride = {4, 2, 2, 2};
  std::vector<int64_t> patch_padding = {3, 1, 1, 1};
  std::vector<bool> patch_prenorm = {false, true, true, true};
  int64_t window = 12;

  void validate() const;
};
// `config`: config.json; reads `aux_vision_config`, defaults where keys are absent.
DaVitConfig davit_config_from(const JsonView& config);

// Tokens of the maps of B pictures, row by row.
struct TokenMap {
  at::Tensor x;  // [B, H*W, C]
  int64_t height = 0, width = 0;
};

struct ConvEmbedImpl : torch::nn::Module {
  ConvEmbedImpl(const DaVitConfig& config, std::size_t stage, const at::TensorOptions& options);
  TokenMap forward(const at::Tensor& map);  // [B, C_in, H, W] -> tokens of the strided map

  bool prenorm;
  Conv2d proj{nullptr};
  LayerNorm norm{nullptr};
};
TORCH_MODULE(ConvEmbed);

// Attention over the positions of a window x window square, all heads; the map is padded with zeros
// to whole windows and the padded positions take part as keys, as in the trained weights.
struct WindowAttentionImpl : torch::nn::Module {
  WindowAttentionImpl(int64_t dim, int64_t heads, int64_t window, const at::TensorOptions& options);
  at::Tensor forward(const TokenMap& map);  // -> [B, H*W, C]

  int64_t heads, window;
  Linear qkv{nullptr}, proj{nullptr};
};
TORCH_MODULE(WindowAttention);

// Attention over channels: each group's channels attend to each other across all positions.
struct ChannelAttentionImpl : torch::nn::Module {
  ChannelAttentionImpl(int64_t dim, int64_t groups, const at::TensorOptions& options);
  at::Tensor forward(const TokenMap& map);  // -> [B, H*W, C]

  int64_t groups;
  Linear qkv{nullptr}, proj{nullptr};
};
TORCH_MODULE(ChannelAttention);

// The shared body of both blocks: depth-wise conv, attention, depth-wise conv, feed-forward, each
// added to its input. `Attention` is WindowAttention or ChannelAttention.
template <class Attention>
struct DaVitBlock : torch::nn::Module {
  DaVitBlock(const char* attention_name, Attention attention, int64_t dim,
             const at::TensorOptions& options);
  at::Tensor forward(const TokenMap& map);  // -> [B, H*W, C]

  Conv2d conv1{nullptr}, conv2{nullptr};
  LayerNorm attention_norm{nullptr}, ffn_norm{nullptr};
  Attention attention;
  Linear inner{nullptr}, outer{nullptr};
};

struct DaVit : AuxiliaryEncoder {
  using SpatialBlock = DaVitBlock<WindowAttention>;
  using ChannelBlock = DaVitBlock<ChannelAttention>;
  struct Layer {
    std::shared_ptr<SpatialBlock> spatial;
    std::shared_ptr<ChannelBlock> channel;
  };
  struct Stage {
    ConvEmbed embed{nullptr};
    std::vector<Layer> layers;
  };

  DaVit(DaVitConfig config, const at::TensorOptions& options);
  FeatureMaps forward(const at::Tensor& pixels, const Control& control) override;
  std::vector<int64_t> level_dims() const override { return config.dims; }

  DaVitConfig config;
  std::vector<Stage> stages;
};

}  // namespace fo1
