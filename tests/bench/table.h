// What the benchmarks of stages share: random weights, and a Markdown table of times and memory.
#pragma once

#include <ATen/ATen.h>
#include <malloc.h>
#include <torch/nn/module.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

namespace fo1 {

inline void fill_randomly(torch::nn::Module& module) {
  for (at::Tensor& parameter : module.parameters()) parameter.normal_(0, 0.02);
}

// Peak resident memory since the last reset, MiB. Linux keeps it and lets a process reset its own.
inline double peak_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
  }
  return 0;
}
inline void reset_peak() {
  malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << "5";
}

class Table {
 public:
  explicit Table(int repeat) : repeat_(repeat) {
    std::printf("| stage | median, s | working memory, MiB |\n|---|---:|---:|\n");
  }

  // Returns the median.
  double row(const std::string& name, const std::function<void()>& work) {
    std::vector<double> seconds;
    reset_peak();
    const double before = peak_mib();
    for (int i = 0; i < repeat_; ++i) {
      const auto start = std::chrono::steady_clock::now();
      work();
      seconds.push_back(
          std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    std::sort(seconds.begin(), seconds.end());
    std::printf("| %s | %.3f | %.0f |\n", name.c_str(), seconds[seconds.size() / 2],
                peak_mib() - before);
    std::fflush(stdout);
    return seconds[seconds.size() / 2];
  }

 private:
  int repeat_;
};

}  // namespace fo1
