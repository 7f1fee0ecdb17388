// Output shapes on the meta device for operators whose shape rules PyTorch keeps in Python only.
// They let a test run a whole network without memory or arithmetic: whatever the network does with
// sizes, devices and dtypes is real.
#include <ATen/ATen.h>
#include <ATen/ExpandUtils.h>
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

at::Tensor select_where(const at::Tensor& condition, const at::Tensor& self,
                        const at::Tensor& other) {
  const auto sizes = at::infer_size(condition.sizes(), at::infer_size(self.sizes(), other.sizes()));
  return at::empty(sizes, self.options().dtype(at::result_type(self, other)));
}

at::Tensor& select_where_out(const at::Tensor& condition, const at::Tensor& self,
                             const at::Tensor& other, at::Tensor& out) {
  TORCH_CHECK(out.sizes() == select_where(condition, self, other).sizes(), "out has another shape");
  return out;
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> native_layer_norm(
    const at::Tensor& input, at::IntArrayRef normalized_shape,
    const std::optional<at::Tensor>& weight, const std::optional<at::Tensor>& /*bias*/,
    double /*eps*/) {
  TORCH_CHECK(input.sizes().slice(input.dim() - normalized_shape.size()) == normalized_shape,
              "the last sizes of the input are not those to normalise");
  TORCH_CHECK(!weight || !weight->defined() || weight->scalar_type() == input.scalar_type(),
              "input and weight differ in dtype");
  const at::Tensor statistics = at::empty({0}, input.options());
  return {at::empty_like(input), statistics, statistics};
}

at::Tensor grid_sampler_2d(const at::Tensor& input, const at::Tensor& grid, int64_t /*mode*/,
                           int64_t /*padding*/, bool /*align_corners*/) {
  TORCH_CHECK(grid.size(0) == input.size(0) && grid.size(3) == 2, "the grid does not fit");
  TORCH_CHECK(grid.scalar_type() == input.scalar_type(), "input and grid differ in dtype");
  return at::empty({input.size(0), input.size(1), grid.size(1), grid.size(2)}, input.options());
}

at::Tensor roll(const at::Tensor& self, at::IntArrayRef shifts, at::IntArrayRef dims) {
  TORCH_CHECK(shifts.size() == dims.size(), "as many shifts as dimensions");
  return at::empty(self.sizes(), self.options());
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> native_group_norm(
    const at::Tensor& input, const std::optional<at::Tensor>& weight,
    const std::optional<at::Tensor>& /*bias*/, int64_t batch, int64_t channels, int64_t places,
    int64_t group, double /*eps*/) {
  TORCH_CHECK(input.numel() == batch * channels * places && channels % group == 0,
              "the groups do not fit");
  TORCH_CHECK(!weight || !weight->defined() || weight->numel() == channels, "one weight a channel");
  const at::Tensor statistics = at::empty({batch, group}, input.options());
  return {at::empty_like(input), statistics, statistics};
}

at::Tensor& relu_(at::Tensor& self) {
  return self;
}

at::Tensor relu(const at::Tensor& self) {
  return at::empty_like(self);
}

TORCH_LIBRARY_IMPL(aten, Meta, m) {
  m.impl("index_select", index_select);
  m.impl("convolution_overrideable", convolution);
  m.impl("where.self", select_where);
  m.impl("where.self_out", select_where_out);
  m.impl("grid_sampler_2d", grid_sampler_2d);
  m.impl("roll", roll);
  m.impl("native_group_norm", native_group_norm);
  m.impl("relu", relu);
  m.impl("relu_", relu_);
  m.impl("native_layer_norm", native_layer_norm);
}

}  // namespace
