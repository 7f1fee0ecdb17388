#include "train/run_state.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "weights/safetensors.h"
#include "weights/safetensors_writer.h"

namespace fo1::train {
namespace {

using Memory = torch::optim::AdamWParamState;

// Prefixes of tensor names.
constexpr const char* kWeight = "weight/";
constexpr const char* kAverage = "average/";
constexpr const char* kMean = "mean/";      // of gradients
constexpr const char* kSquare = "square/";  // mean of their squares
constexpr const char* kCount = "count/";  // of updates: a weight that had no gradient was left out

// Keys of its metadata.
constexpr const char* kSteps = "steps";
constexpr const char* kSettings = "settings";

// A tensor of the file that is to be like another one.
at::Tensor stored(const SafetensorsFile& file, const std::string& name, const at::Tensor& like) {
  if (!file.has(name) || at::IntArrayRef(file.info(name).shape) != like.sizes()) {
    fail(ErrorCode::kCorruptFile, file.path(), ": ", quoted(name),
         " is missing or of another shape: the run was of another model; choose another \"out\"");
  }
  return file.tensor(name).to(like.device(), /*non_blocking=*/false, /*copy=*/true);
}

std::string noted(const SafetensorsFile& file, const char* key) {
  const auto found = file.metadata().find(key);
  return found == file.metadata().end() ? "" : found->second;
}

void require_same_settings(const SafetensorsFile& file, const std::string& settings) {
  const std::string text = noted(file, kSettings);
  const Json before = text.empty() ? Json::object() : parse_json(text, file.path());
  const Json now = settings.empty() ? Json::object() : parse_json(settings, "settings");
  const auto said = [](const Json& all, const std::string& key) {
    return all.contains(key) ? all[key].dump() : "left out";
  };
  Json both = before;
  both.update(now);
  for (const auto& item : both.items()) {
    const std::string was = said(before, item.key()), is = said(now, item.key());
    if (was == is) continue;
    fail(ErrorCode::kInvalidArgument, file.path(), ": of a run begun with ", quoted(item.key()),
         " ", was, ", which is now ", is, ": change it back, or choose another \"out\"");
  }
}

}  // namespace

void save_state(const std::string& path, std::int64_t step, const std::string& settings,
                const torch::nn::Module& module, const torch::optim::AdamW& optimiser,
                const std::vector<at::Tensor>& average) {
  NamedTensors tensors;
  std::size_t next = 0;
  for (const auto& item : module.named_parameters()) {
    tensors.emplace_back(kWeight + item.key(), item.value().detach());
    if (!average.empty()) tensors.emplace_back(kAverage + item.key(), average[next++]);
    const auto found = optimiser.state().find(item.value().unsafeGetTensorImpl());
    if (found == optimiser.state().end()) continue;
    const auto& memory = static_cast<const Memory&>(*found->second);
    tensors.emplace_back(kMean + item.key(), memory.exp_avg());
    tensors.emplace_back(kSquare + item.key(), memory.exp_avg_sq());
    tensors.emplace_back(kCount + item.key(), at::full({1}, memory.step(), at::kLong));
  }
  write_safetensors(path, tensors, {{kSteps, std::to_string(step)}, {kSettings, settings}});
}

std::int64_t load_state(const std::string& path, const std::string& settings,
                        torch::nn::Module& module, torch::optim::AdamW& optimiser,
                        std::vector<at::Tensor>& average) {
  const at::NoGradGuard no_grad;
  const auto file = SafetensorsFile::open(path);
  std::size_t next = 0;
  for (const auto& item : module.named_parameters()) {
    at::Tensor value = item.value();
    value.copy_(stored(*file, kWeight + item.key(), value));
    if (!average.empty()) average[next++].copy_(stored(*file, kAverage + item.key(), value));
    if (!file->has(kMean + item.key())) continue;
    auto memory = std::make_unique<Memory>();
    memory->exp_avg(stored(*file, kMean + item.key(), value));
    memory->exp_avg_sq(stored(*file, kSquare + item.key(), value));
    memory->step(stored(*file, kCount + item.key(), at::empty({1})).item<std::int64_t>());
    optimiser.state()[value.unsafeGetTensorImpl()] = std::move(memory);
  }
  const std::string text = noted(*file, kSteps);
  std::int64_t value = -1;
  std::from_chars(text.data(), text.data() + text.size(), value);
  if (value < 0) {
    fail(ErrorCode::kCorruptFile, path, ": ", quoted(kSteps), ": expected a number of steps, got ",
         quoted(text), ": not the state of a run");
  }
  require_same_settings(*file, settings);
  return value;
}

}  // namespace fo1::train
