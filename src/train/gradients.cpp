#include "train/gradients.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <future>
#include <mutex>
#include <optional>

namespace fo1::train {
namespace {

// While it lives, products of this thread are computed in a shorter type, sums and norms are not.
// Shortened weights are not kept: one is hardly ever used twice, and what keeps them is shared by
// all threads.
class ShorterProducts {
 public:
  ShorterProducts(at::Device device, at::ScalarType type)
      : device_(device.type()), is_on_(type != at::kFloat) {
    if (!is_on_) return;
    at::autocast::set_autocast_cache_enabled(false);
    at::autocast::set_autocast_dtype(device_, type);
    at::autocast::set_autocast_enabled(device_, true);
  }
  ~ShorterProducts() {
    if (!is_on_) return;
    at::autocast::set_autocast_enabled(device_, false);
    at::autocast::set_autocast_cache_enabled(true);
  }
  ShorterProducts(const ShorterProducts&) = delete;
  ShorterProducts& operator=(const ShorterProducts&) = delete;

 private:
  at::DeviceType device_;
  bool is_on_;
};

struct Part {
  Losses losses;
  std::vector<at::Tensor> gradients;  // undefined: the parameter had no share in the loss
};

Part part_of(Job& job, const TrainConfig& config, const Loader::Group& group, double share,
             const std::vector<at::Tensor>& parameters) {
  Part part;
  {
    const ShorterProducts shorter(config.device, config.precision);
    part.losses = job.loss(group);
  }
  // A stage may have nothing to learn from a sample: regions' parts from one without regions.
  if (!part.losses.total.requires_grad()) return part;
  part.gradients =
      torch::autograd::grad({part.losses.total * share}, parameters, {}, /*retain_graph=*/false,
                            /*create_graph=*/false, /*allow_unused=*/true);
  return part;
}

void add_part(const Part& part, double share, std::vector<at::Tensor>& parameters, Losses& sums) {
  const at::NoGradGuard no_grad;
  add(sums, part.losses, share);
  for (std::size_t p = 0; p < part.gradients.size(); ++p) {
    const at::Tensor& gradient = part.gradients[p];
    if (!gradient.defined()) continue;
    at::Tensor& sum = parameters[p].mutable_grad();
    if (sum.defined()) {
      sum.add_(gradient);
    } else {
      sum = gradient.clone(at::MemoryFormat::Contiguous);  // it may be another one's as well
    }
  }
}

// Calls work(0) to work(count - 1).
void share_out(const TrainConfig& config, std::size_t count,
               const std::function<void(std::size_t)>& work) {
  const int threads = at::get_num_threads();
  const int workers = config.device.is_cpu() ? std::min(threads, static_cast<int>(count)) : 1;
  std::atomic<std::size_t> next = 0;
  const auto take_turns = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  if (workers <= 1) return take_turns();
  std::vector<std::future<void>> running;
  running.reserve(static_cast<std::size_t>(workers));
  for (int w = 0; w < workers; ++w) {
    running.push_back(std::async(std::launch::async, [&] {
      at::set_num_threads(threads / workers);
      take_turns();
    }));
  }
  for (const auto& each : running) each.wait();
  at::set_num_threads(threads);
  for (auto& each : running) each.get();
}

}  // namespace

void add_gradients(Job& job, const TrainConfig& config, const std::vector<Loader::Group>& groups,
                   Losses& sums) {
  std::vector<const Loader::Group*> with_samples;
  std::size_t used = 0;
  for (const Loader::Group& group : groups) {
    if (!group.empty()) with_samples.push_back(&group);
    used += group.size();
  }
  std::vector<at::Tensor> parameters = job.module().parameters();
  std::erase_if(parameters, [](const at::Tensor& each) { return !each.requires_grad(); });
  const auto share = [&](std::size_t g) {
    return static_cast<double>(with_samples[g]->size()) / static_cast<double>(used);
  };
  std::mutex mutex;
  std::vector<std::optional<Part>> ready(with_samples.size());
  std::size_t added = 0;
  share_out(config, with_samples.size(), [&](std::size_t g) {
    Part part = part_of(job, config, *with_samples[g], share(g), parameters);
    const std::lock_guard lock(mutex);
    ready[g] = std::move(part);
    for (; added < ready.size() && ready[added]; ++added) {
      add_part(*ready[added], share(added), parameters, sums);
      ready[added].reset();
    }
  });
}

}  // namespace fo1::train
