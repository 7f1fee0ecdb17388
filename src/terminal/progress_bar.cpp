#include "terminal/progress_bar.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace fo1 {
namespace {

constexpr std::int64_t kCells = 30;
constexpr const char* kWipe = "\r\x1b[K";

}  // namespace

ProgressBar::ProgressBar(std::int64_t total)
    : total_(total),
      visible_(total > 0 && ::isatty(STDERR_FILENO) != 0),
      start_(std::chrono::steady_clock::now()) {}

ProgressBar::~ProgressBar() {
  if (visible_) std::fputs(kWipe, stderr);
}

void ProgressBar::say(const std::string& line) {
  std::fprintf(stderr, "%s%s\n", visible_ ? kWipe : "", line.c_str());
}

void ProgressBar::show(std::int64_t done, const std::string& note) {
  if (!visible_) return;
  const auto filled = static_cast<std::size_t>(std::min(done, total_) * kCells / total_);
  const std::string bar = std::string(filled, '#') + std::string(kCells - filled, '.');
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start_;
  const double left =
      done > 0 ? spent.count() / static_cast<double>(done) * static_cast<double>(total_ - done) : 0;
  std::fprintf(stderr, "\r[%s] %lld/%lld, %.0f s left%s%s\x1b[K", bar.c_str(),
               static_cast<long long>(done), static_cast<long long>(total_), left,
               note.empty() ? "" : ", ", note.c_str());
  std::fflush(stderr);
}

}  // namespace fo1
