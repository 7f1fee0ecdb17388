// Training: that gradients flow through a module, and are those of its numbers.
#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <functional>
#include <string>
#include <vector>

namespace fo1::test {

// Seeded weights of a size that keeps signals alive. All parameters get them.
void fill_at_random(torch::nn::Module& module);

// Fills the module at random and runs `forward`, which uses it, with and without gradients. Fails
// where the two differ, and for each parameter whose gradient is absent or is not the slope
// measured by moving it. `may_be_unused`: these, by the end of their name, need no gradient.
void expect_gradients(torch::nn::Module& module, const std::function<at::Tensor()>& forward,
                      const std::vector<std::string>& may_be_unused = {});

}  // namespace fo1::test
