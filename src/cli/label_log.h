// What an earlier run of `label` found: its log read back.
#pragma once

#include <string>
#include <unordered_map>

#include "fo1/annotations.h"

namespace fo1::cli {

// By the names of the pictures. Throws kCorruptFile where a good answer lacks what was found.
std::unordered_map<std::string, AnnotatedImage> read_label_log(const std::string& path);

}  // namespace fo1::cli
