// All that a run needs to go on where it was: weights, their average over steps (of none or all),
// the optimiser's memory, the number of steps.
#pragma once

#include <torch/nn/module.h>
#include <torch/optim/adamw.h>

#include <cstdint>
#include <string>
#include <vector>

namespace fo1::train {

// Writes one file, complete or not at all. `settings`: JSON, what the run was told.
void save_state(const std::string& path, std::int64_t step, const std::string& settings,
                const torch::nn::Module& module, const torch::optim::AdamW& optimiser,
                const std::vector<at::Tensor>& average);

// -> the number of steps done. Throws kNotFound, kCorruptFile where the file is of another module,
// kInvalidArgument where the run was told something else.
std::int64_t load_state(const std::string& path, const std::string& settings,
                        torch::nn::Module& module, torch::optim::AdamW& optimiser,
                        std::vector<at::Tensor>& average);

}  // namespace fo1::train
