#include "weights/state.h"

#include <ATen/ATen.h>
#include <torch/nn/module.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "base/error.h"
#include "weights/scalar_type.h"

namespace fo1 {
namespace {

constexpr std::size_t kNamed = 5;  // problems of one kind that an error spells out

std::string shapes_differ(at::IntArrayRef expected, const std::vector<std::int64_t>& got) {
  return cat("expected shape ", shape_text(expected.vec()), ", got ", shape_text(got));
}

// What keeps `entry` from filling `target`, if anything.
std::optional<std::string> mismatch(const at::Tensor& target, const TensorEntry& entry) {
  if (target.sizes() != entry.shape) return shapes_differ(target.sizes(), entry.shape);
  const at::ScalarType wanted = target.scalar_type();
  const at::ScalarType stored = scalar_type(entry.dtype);
  const bool both_floating = at::isFloatingType(wanted) && at::isFloatingType(stored);
  if (wanted == stored || both_floating) return std::nullopt;
  return cat("expected type ", data_type_name(data_type(wanted)), ", got ",
             data_type_name(entry.dtype));
}

void assign(at::Tensor& target, const at::Tensor& source, const std::string& name) {
  if (target.is_meta()) {
    fail(ErrorCode::kInternal, "tensor ", quoted(name), " cannot be loaded to the meta device");
  }
  const at::NoGradGuard no_grad;
  if (target.is_cpu() && target.scalar_type() == source.scalar_type()) {
    target.set_data(source);  // takes any shape: the caller has compared them
  } else {
    target.copy_(source);
  }
}

std::string list(const std::vector<TensorProblem>& problems, const char* kind) {
  std::string text =
      cat(problems.size(), ' ', kind, problems.size() == 1 ? " tensor: " : " tensors: ");
  for (std::size_t i = 0; i < std::min(problems.size(), kNamed); ++i) {
    text += cat(i ? ", " : "", quoted(problems[i].name), " (", problems[i].what, ')');
  }
  if (problems.size() > kNamed) text += cat(" and ", problems.size() - kNamed, " more");
  return text;
}

}  // namespace

void StateReport::throw_if_any() const {
  if (empty()) return;
  std::string text;
  const auto append = [&](const std::vector<TensorProblem>& problems, const char* kind) {
    if (!problems.empty()) text += (text.empty() ? ": " : "; ") + list(problems, kind);
  };
  append(missing, "missing");
  append(mismatched, "mismatched");
  append(extra, "unexpected");
  const bool only_missing = mismatched.empty() && extra.empty();
  fail(only_missing ? ErrorCode::kNotFound : ErrorCode::kCorruptFile, folder, text);
}

StateReader::StateReader(const Checkpoint& checkpoint) : checkpoint_(checkpoint) {
  compared_.folder = checkpoint.folder();
}

std::vector<StateReader::Match> StateReader::match(const torch::nn::Module& module,
                                                   const std::string& prefix, Rules rules,
                                                   StateReport& report) {
  auto targets = module.named_parameters();
  targets.update(module.named_buffers());
  std::vector<Match> matches;
  for (const auto& item : targets) {
    const std::string name = rename(rules, prefix + item.key());
    const at::Tensor& target = item.value();
    if (!checkpoint_.has(name)) {
      report.missing.push_back({name, cat("expected shape ", shape_text(target.sizes().vec()))});
      continue;
    }
    taken_.insert(name);
    if (const auto what = mismatch(target, checkpoint_.info(name))) {
      report.mismatched.push_back({name, cat(*what, " in ", file_name(name))});
    } else {
      matches.push_back({name, target});
    }
  }
  return matches;
}

void StateReader::load(torch::nn::Module& module, const std::string& prefix, Rules rules) {
  StateReport report;
  report.folder = checkpoint_.folder();
  std::vector<Match> matches = match(module, prefix, rules, report);
  report.throw_if_any();
  for (Match& match : matches) assign(match.target, checkpoint_.tensor(match.name), match.name);
}

void StateReader::compare(const torch::nn::Module& module, const std::string& prefix, Rules rules) {
  match(module, prefix, rules, compared_);
}

std::vector<TensorProblem> StateReader::extra() const {
  std::vector<TensorProblem> extra;
  for (const std::string& name : checkpoint_.names()) {
    const auto covers = [&](const std::string& pattern) { return name_matches(pattern, name); };
    if (taken_.contains(name) || std::ranges::any_of(ignored_, covers)) continue;
    extra.push_back(
        {name, cat("shape ", shape_text(checkpoint_.info(name).shape), " in ", file_name(name))});
  }
  return extra;
}

StateReport StateReader::report() const {
  StateReport report = compared_;
  report.extra = extra();
  return report;
}

void StateReader::require_all_taken() const {
  StateReport report;
  report.folder = checkpoint_.folder();
  report.extra = extra();
  report.throw_if_any();
}

std::string StateReader::file_name(const std::string& name) const {
  return std::filesystem::path(checkpoint_.file_of(name)).filename().string();
}

}  // namespace fo1
