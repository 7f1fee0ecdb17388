// Output shapes on the meta device for operators whose shape rules PyTorch keeps in Python only.
// They let a test run a whole network without memory or arithmetic: whatever the network does with
// sizes, devices and dtypes is real.
#include <ATen/ATen.h>
#include <torch/library.h>

namespace {

at::Tensor index_select(const at::Tensor& self, int64_t dim, const at::Tensor& index) {
  auto sizes = self.sizes().vec();
  sizes[at::maybe_wrap_dim(dim, self.dim())] = index.numel();
  return at::empty(sizes, self.options());
}

at::Tensor convolution(const at::Tensor& input, const at::Tensor& weight,
                       const std::optional<at::Tensor>& bias, at::IntArrayRef stride,
                       at::IntArrayRef padding, at::IntArrayRef dilation, bool transposed,
                       at::IntArrayRef output_padding, int64_t groups) {
  TORCH_CHECK(input.scalar_type() == weight.scalar_type(), "input and weight differ in dtype");
  TORCH_CHECK(input.size(1) == (transposed ? weight.size(0) : weight.size(1) * groups),
              "input has ", input.size(1), " channels");
  const int64_t channels = transposed ? weight.size(1) * groups : weight.size(0);
  TORCH_CHECK(!bias || !bias->defined() || bias->size(0) == channels, "bias does not fit");
  std::vector<int64_t> sizes = {input.size(0), channels};
  for (std::size_t i = 0; i < stride.size(); ++i) {
    const int64_t in = input.size(static_cast<int64_t>(i) + 2);
    const int64_t reach = dilation[i] * (weight.size(static_cast<int64_t>(i) + 2) - 1);
    const int64_t out = transposed
                            ? (in - 1) * stride[i] - 2 * padding[i] + reach + output_padding[i] + 1
                            : (in + 2 * padding[i] - reach - 1) / stride[i] + 1;
    TORCH_CHECK(out > 0, "the kernel does not fit into the map");
    sizes.push_back(out);
  }
  return at::empty(sizes, input.options());
}

TORCH_LIBRARY_IMPL(aten, Meta, m) {
  m.impl("index_select", index_select);
  m.impl("convolution_overrideable", convolution);
}

}  // namespace
