#include "support/golden.h"

#include <ATen/ATen.h>
#include <torch/nn/module.h>

#include <cstdint>

#include "base/error.h"
#include "support/data.h"

namespace fo1::test {

Golden::Golden(const std::string& relative) : file_(SafetensorsFile::open(data_path(relative))) {}

Json load_data(const std::string& relative) {
  return load_json(data_path(relative));
}

namespace {

// A hash of (index, salt) whose 16 upper middle bits make a fraction in [-0.5, 0.5).
float fraction(std::uint32_t index, std::uint32_t salt) {
  std::uint32_t u = index * 2654435761u + salt * 40503u + 12345u;
  u ^= u >> 16;
  u *= 0x85EBCA6Bu;
  u ^= u >> 13;
  u *= 0xC2B2AE35u;
  u ^= u >> 16;
  return static_cast<float>((u >> 8) & 0xFFFFu) / 65536.0f - 0.5f;
}

}  // namespace

at::Tensor regenerate(const JsonView& spec) {
  const auto salt = static_cast<std::uint32_t>(spec.get<std::int64_t>("salt"));
  const auto scale = static_cast<float>(spec.get<double>("scale"));
  const auto offset = static_cast<float>(spec.get<double>("offset"));
  at::Tensor tensor = at::empty(spec.get<std::vector<std::int64_t>>("shape"), at::kFloat);
  auto* values = tensor.data_ptr<float>();
  const auto count = static_cast<std::uint32_t>(tensor.numel());
  for (std::uint32_t i = 0; i < count; ++i) values[i] = offset + scale * fraction(i, salt);
  return tensor;
}

void fill(torch::nn::Module& module, const JsonView& weights, const std::string& prefix) {
  auto targets = module.named_parameters();
  targets.update(module.named_buffers());
  std::size_t filled = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const JsonView spec = weights.at(i);
    const auto name = spec.get<std::string>("name");
    if (!name.starts_with(prefix)) continue;
    at::Tensor* target = targets.find(name.substr(prefix.size()));
    if (!target) fail(ErrorCode::kInvalidArgument, "the module has no tensor for ", quoted(name));
    const at::Tensor values = regenerate(spec);
    if (values.sizes() != target->sizes()) {
      fail(ErrorCode::kInvalidArgument, name, ": module has shape ", target->sizes(), ", expected ",
           values.sizes());
    }
    target->set_data(values.to(target->options()));
    ++filled;
  }
  if (filled != targets.size()) {
    fail(ErrorCode::kInvalidArgument, "the module has ", targets.size(), " tensors, ", filled,
         " of them are described under ", quoted(prefix));
  }
}

}  // namespace fo1::test
