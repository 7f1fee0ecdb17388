// What a network knows before it has seen anything.
#pragma once

#include <torch/nn/module.h>

#include <cstdint>

namespace fo1::train {

// Fills all parameters: weights with two or more dimensions from a normal distribution that keeps
// the size of signals (He, arXiv 1502.01852, without its factor 2), embeddings and other tables of
// 0.02, scales of norms 1, everything else 0. The same seed gives the same weights.
void random_weights(torch::nn::Module& module, std::uint64_t seed);

// Whether a parameter's rows are looked up, not multiplied with.
bool is_table(const std::string& name);

}  // namespace fo1::train
