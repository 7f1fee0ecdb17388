// Comparing tensors in EXPECT_TRUE. Any shape mismatch and any NaN is a failure.
#pragma once

#include <ATen/core/Tensor.h>
#include <gtest/gtest.h>

namespace fo1::test {

// Norm of the difference <= tolerance * norm of `expected`.
testing::AssertionResult close_relative(const at::Tensor& actual, const at::Tensor& expected,
                                        double tolerance);

// Largest difference of two elements <= tolerance.
testing::AssertionResult close_absolute(const at::Tensor& actual, const at::Tensor& expected,
                                        double tolerance);

}  // namespace fo1::test
