// The program `fo1-train`.
#include <ATen/Parallel.h>
#include <c10/util/Exception.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <iostream>

#include "fo1/error.h"
#include "fo1/log.h"
#include "terminal/progress_bar.h"
#include "train/run.h"
#include "train/stages.h"

namespace {

using namespace fo1;

// Has messages shown by something that does not live on.
struct SinkGuard {
  explicit SinkGuard(LogSink sink) { set_log_sink(std::move(sink)); }
  ~SinkGuard() { set_log_sink({}); }
  SinkGuard(const SinkGuard&) = delete;
  SinkGuard& operator=(const SinkGuard&) = delete;
};

void run(const std::string& path) {
  train::TrainConfig config = train::load_train_config(path);
  std::unique_ptr<train::Job> job = train::begin_stage(config);
  train::TrainingRun run(config, std::move(job));
  ProgressBar bar(config.steps - run.steps_done());
  const std::int64_t first = run.steps_done();
  const SinkGuard guard([&](LogLevel, const std::string& text) { bar.say(text); });
  if (first > 0) bar.say("going on after step " + std::to_string(first));
  run.finish([&](const train::Report& report) {
    char text[96];
    std::snprintf(text, sizeof text, "loss %.4f, %.2f s a step", report.loss, report.seconds);
    bar.show(report.step - first, text);
    if (bar.is_visible()) return;
    bar.say("step " + std::to_string(report.step) + " of " + std::to_string(config.steps) + ", " +
            text);
  });
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Trains networks of a model on data sets of pictures.", "fo1-train");
  std::string config;
  int threads = 0;
  app.add_option("CONFIG", config, "what to train, on what, how long: a JSON file")->required();
  app.add_option("--threads", threads, "CPU threads; 0: all")->check(CLI::NonNegativeNumber);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    set_log_level(LogLevel::kInfo);
    if (threads > 0) at::set_num_threads(threads);
    run(config);
  } catch (const c10::Error& error) {
    std::cerr << "fo1-train: error: " << error.what_without_backtrace() << '\n';
    return 1;
  } catch (const std::exception& error) {
    std::cerr << "fo1-train: error: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
