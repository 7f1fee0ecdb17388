// Swin, the shifted-window transformer (arXiv 2103.14030): backbone of both proposal networks. Any
// image size; the maps have strides 4, 8, 16, 32 (a side rounded up at each step).
#pragma once

#include <vector>

#include "base/control.h"
#include "base/stage_types.h"
#include "nn/linear.h"
#include "nn/norm.h"

namespace fo1 {

struct SwinConfig {
  int64_t dim = 96;  // channels of the first stage; they double from stage to stage
  std::vector<int64_t> depths = {2, 2, 6, 2};
  std::vector<int64_t> heads = {3, 6, 12, 24};
  int64_t window = 7;
  int64_t patch = 4;
  double mlp_ratio = 4;
  bool qkv_bias = true;
  // A map is filled up to whole windows before (Microsoft's code) or after (timm's) the shift.
  bool pad_before_shift = true;
  // timm: a map no larger than the window is one window as large as the map, unshifted. Off
  // (`always_partition`): windows are never reduced.
  bool shrink_windows = false;
  bool output_norms = true;  // LayerNorm on each map that leaves (`norm0`, `norm1`, ...)
  std::vector<int64_t> outputs = {0, 1, 2, 3};  // the stages whose maps leave

  std::vector<int64_t> output_dims() const;
  void validate(const char* section) const;
};

// Channels last inside: [B, H, W, C].
struct SwinPatchEmbedImpl : torch::nn::Module {
  SwinPatchEmbedImpl(const SwinConfig& config, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& pixels);  // [B, 3, H, W] -> [B, ceil(H/4), ceil(W/4), C]

  int64_t patch;
  Conv2d proj{nullptr};
  LayerNorm norm{nullptr};
};
TORCH_MODULE(SwinPatchEmbed);

// Joins 2 x 2 neighbours.
struct SwinMergingImpl : torch::nn::Module {
  SwinMergingImpl(int64_t dim, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& x);  // [B, H, W, C] -> [B, ceil(H/2), ceil(W/2), 2C]

  LayerNorm norm{nullptr};
  Linear reduction{nullptr};
};
TORCH_MODULE(SwinMerging);

// Where attention happens in a map of some size: the same for all blocks of a stage.
struct SwinWindows {
  int64_t height = 0, width = 0;     // of the map
  int64_t side_h = 0, side_w = 0;    // of a window
  int64_t shift_h = 0, shift_w = 0;  // 0: not shifted
  int64_t rows() const { return (height + side_h - 1) / side_h; }
  int64_t columns() const { return (width + side_w - 1) / side_w; }
  bool shifted() const { return shift_h > 0 || shift_w > 0; }
};

struct SwinAttentionImpl : torch::nn::Module {
  SwinAttentionImpl(const SwinConfig& config, int64_t dim, int64_t heads,
                    const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& x, const SwinWindows& windows);  // [B, H, W, C] -> same

  // The same for the cut map, [B * windows, places, C], in one piece or piece by piece (on the
  // CPU).
  at::Tensor attend_at_once(const at::Tensor& tokens, const SwinWindows& windows);
  at::Tensor attend_by_rows(const at::Tensor& tokens, const SwinWindows& windows);

  int64_t heads, window;
  bool pad_before_shift;
  Linear qkv{nullptr}, proj{nullptr};
  at::Tensor relative_position_bias_table;  // [(2w-1)^2, heads]

 private:
  at::Tensor position_bias(const SwinWindows& windows);  // [1, heads, places, places]
  at::Tensor attend(const at::Tensor& tokens, const at::Tensor& bias);
};
TORCH_MODULE(SwinAttention);

struct SwinBlockImpl : torch::nn::Module {
  SwinBlockImpl(const SwinConfig& config, int64_t dim, int64_t heads,
                const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& x, const SwinWindows& windows);  // [B, H, W, C] -> same

  LayerNorm norm1{nullptr}, norm2{nullptr};
  SwinAttention attn{nullptr};
  Linear fc1{nullptr}, fc2{nullptr};
};
TORCH_MODULE(SwinBlock);

struct SwinStageImpl : torch::nn::Module {
  SwinStageImpl(const SwinConfig& config, std::size_t stage, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& x, const Control& control);  // [B, H, W, C] -> same

  SwinConfig config;
  std::vector<SwinBlock> blocks;
  SwinMerging downsample{nullptr};  // to the next stage; not called by forward(); none in the last
};
TORCH_MODULE(SwinStage);

// Registered names are those of Microsoft's code: patch_embed.*, layers.S.blocks.B.*,
// layers.S.downsample.*, norm{S}.*.
struct SwinImpl : torch::nn::Module {
  SwinImpl(SwinConfig config, const at::TensorOptions& options);
  // [B, 3, H, W] -> maps of config.outputs, [B, C_s, H_s, W_s] (views of channels-last memory).
  FeatureMaps forward(const at::Tensor& pixels, const Control& control);

  SwinConfig config;
  SwinPatchEmbed patch_embed{nullptr};
  std::vector<SwinStage> stages;
  std::vector<LayerNorm> norms;  // of config.outputs, without output_norms empty
};
TORCH_MODULE(Swin);

}  // namespace fo1
