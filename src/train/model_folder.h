// The folder of a trained model.
#pragma once

#include <string>

#include "weights/safetensors_writer.h"

namespace fo1::train {

// Writes model.safetensors into `folder`, and with it a copy of all files of the folder
// `description` that hold no weights.
void write_model_folder(const std::string& folder, const std::string& description,
                        const NamedTensors& tensors);

}  // namespace fo1::train
