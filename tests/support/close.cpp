#include "support/close.h"

#include <ATen/ATen.h>

#include <vector>

namespace fo1::test {
namespace {

at::Tensor plain(const at::Tensor& tensor) {
  return tensor.detach().to(at::kCPU, at::kDouble);
}

// The position of flat index `flat` in a tensor of shape `sizes`.
std::vector<std::int64_t> position(std::int64_t flat, at::IntArrayRef sizes) {
  std::vector<std::int64_t> index(sizes.size());
  for (std::size_t axis = sizes.size(); axis-- > 0; flat /= sizes[axis]) {
    index[axis] = flat % sizes[axis];
  }
  return index;
}

testing::AssertionResult same_shape(const at::Tensor& actual, const at::Tensor& expected) {
  if (!actual.defined() || !expected.defined()) {
    return testing::AssertionFailure() << "a tensor is undefined";
  }
  if (actual.sizes() == expected.sizes()) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << "shape " << actual.sizes() << ", expected " << expected.sizes();
}

}  // namespace

testing::AssertionResult close_relative(const at::Tensor& actual, const at::Tensor& expected,
                                        double tolerance) {
  if (const auto shapes = same_shape(actual, expected); !shapes) return shapes;
  const double difference = (plain(actual) - plain(expected)).norm().item<double>();
  const double norm = plain(expected).norm().item<double>();
  if (difference <= tolerance * norm) return testing::AssertionSuccess();  // false for NaN
  return testing::AssertionFailure() << "relative difference " << difference / norm << " > "
                                     << tolerance << " (norm of expected: " << norm << ")";
}

testing::AssertionResult close_absolute(const at::Tensor& actual, const at::Tensor& expected,
                                        double tolerance) {
  if (const auto shapes = same_shape(actual, expected); !shapes) return shapes;
  if (actual.numel() == 0) return testing::AssertionSuccess();
  const at::Tensor difference = (plain(actual) - plain(expected)).abs().flatten();
  const auto worst = difference.argmax().item<std::int64_t>();  // a NaN counts as the largest
  if (difference[worst].item<double>() <= tolerance) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << "difference " << difference[worst].item<double>() << " > " << tolerance << " at "
         << at::IntArrayRef(position(worst, actual.sizes())) << ": "
         << plain(actual).flatten()[worst].item<double>() << ", expected "
         << plain(expected).flatten()[worst].item<double>();
}

}  // namespace fo1::test
