// The gradients of a step, by several threads at a time.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "train/config.h"
#include "train/job.h"
#include "train/loader.h"

namespace fo1::train {

// Adds to the gradients of the job's parameters those of the mean loss over all samples of the
// groups, and to `sums` the losses. On the CPU, threads take the groups one by one: most operations
// of a small network are too short to be divided among threads. Gradients are added up in the
// groups' order all the same, so that their sum does not depend on who is ready first.
void add_gradients(Job& job, const TrainConfig& config, const std::vector<Loader::Group>& groups,
                   Losses& sums);

}  // namespace fo1::train
