// Patterns over tensor names, where `*` stands for any text, dots included.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace fo1 {

bool name_matches(std::string_view pattern, std::string_view name);

// {"blocks.*.conv*.weight", "layers.*.conv.*.weight"}: the stars of the replacement become, in
// order, the texts that the stars of the pattern stood for (the shortest that fit).
struct NameRule {
  std::string pattern, replacement;
};

// `name` rewritten by the first rule that matches it; unchanged when none does.
std::string rename(std::span<const NameRule> rules, const std::string& name);

}  // namespace fo1
