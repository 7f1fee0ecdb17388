// The program `fo1-train`.
#include <ATen/Parallel.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <iostream>

#include "fo1/error.h"
#include "train/run.h"
#include "train/stages.h"

namespace {

using namespace fo1;

void run(const std::string& path) {
  train::TrainConfig config = train::load_train_config(path);
  std::unique_ptr<train::Job> job = train::begin_stage(config);
  train::TrainingRun run(config, std::move(job));
  if (run.steps_done() > 0) std::cerr << "going on after step " << run.steps_done() << '\n';
  run.finish([&](const train::Report& report) {
    std::fprintf(stderr, "step %lld of %lld, loss %.4f, %.2f s a step\n",
                 static_cast<long long>(report.step), static_cast<long long>(config.steps),
                 report.loss, report.seconds);
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
    if (threads > 0) at::set_num_threads(threads);
    run(config);
  } catch (const std::exception& error) {
    std::cerr << "fo1-train: error: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
