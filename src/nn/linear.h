// Layers with weights. They are thin, leave their weights uninitialised (a checkpoint fills them)
// and register them under the names checkpoints use: `weight` and `bias`.
//
// Linear is the only place where a weight multiplies a batch of rows: quantised formats enter here.
#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include <optional>

namespace fo1 {

// A change of low rank beside a weight (LoRA, arXiv 2106.09685), for training; a model that answers
// has it added to the weight (weights/lora.h).
struct LowRank {
  at::Tensor down;  // [rank, in]
  at::Tensor up;    // [out, rank]
  double scale = 1;
};

struct LinearImpl : torch::nn::Module {
  LinearImpl(int64_t in, int64_t out, bool has_bias, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& x);  // [..., in] -> [..., out]

  at::Tensor weight;  // [out, in]
  at::Tensor bias;    // [out], undefined without bias
  std::optional<LowRank> low_rank;
};
TORCH_MODULE(Linear);

struct EmbeddingImpl : torch::nn::Module {
  EmbeddingImpl(int64_t count, int64_t dim, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& ids);  // int64 [T] -> [T, dim]

  at::Tensor weight;  // [count, dim]
};
TORCH_MODULE(Embedding);

struct Conv2dOptions {
  int64_t in = 0, out = 0, kernel = 1, stride = 1, padding = 0, groups = 1;
  bool bias = true;
};

struct Conv2dImpl : torch::nn::Module {
  Conv2dImpl(const Conv2dOptions& conv, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& x);  // [B, in, H, W] -> [B, out, H', W']

  Conv2dOptions conv;
  at::Tensor weight;  // [out, in / groups, kernel, kernel]
  at::Tensor bias;    // [out]
};
TORCH_MODULE(Conv2d);

// Kernel 2, stride 2: doubles height and width.
struct UpsampleConvImpl : torch::nn::Module {
  UpsampleConvImpl(int64_t in, int64_t out, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& x);  // [B, in, H, W] -> [B, out, 2H, 2W]

  at::Tensor weight;  // [in, out, 2, 2]
  at::Tensor bias;    // [out]
};
TORCH_MODULE(UpsampleConv);

}  // namespace fo1
