// The stages by name: what each teaches, and what stays frozen meanwhile.
#pragma once

#include <memory>
#include <string>

#include "train/config.h"
#include "train/job.h"

namespace fo1::train {

// Puts what the stage freezes before the rates of the configuration. Throws kInvalidArgument for an
// unknown stage, and what making its job throws.
std::unique_ptr<Job> begin_stage(TrainConfig& config);

}  // namespace fo1::train
