// Guessing what a misspelt word was meant to be.
#pragma once

#include <string>
#include <vector>

namespace fo1::cli {

// The word of `known` nearest to `word`, the first of equally near ones; empty when none is near
// enough to be meant.
std::string closest(const std::string& word, const std::vector<std::string>& known);

}  // namespace fo1::cli
