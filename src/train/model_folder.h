// The folder of a trained model.
#pragma once

#include <string>

#include "weights/safetensors_writer.h"

namespace fo1::train {

// What a run keeps beside the model.
inline constexpr const char* kStateFile = "state.safetensors";
inline constexpr const char* kMetricsFile = "metrics.jsonl";
inline constexpr const char* kCurveFile = "loss.png";

// Writes model.safetensors into `folder`, and with it a copy of all files of the folder
// `description` that hold no weights and are no run's.
void write_model_folder(const std::string& folder, const std::string& description,
                        const NamedTensors& tensors);

}  // namespace fo1::train
