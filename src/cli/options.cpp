#include "cli/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <limits>

#include "cli/files.h"
#include "fo1/input_json.h"
#include "fo1/log.h"

namespace fo1::cli {
namespace {

constexpr const char* kLoading = "Model";
constexpr const char* kGenerating = "Answer";
constexpr const char* kResult = "Result";

constexpr double kNoLimit = std::numeric_limits<double>::max();

}  // namespace

// NaN compares with nothing, so it is refused as well.
CLI::Validator number_in(double least, double most, const std::string& expected) {
  const auto check = [=](const std::string& text) -> std::string {
    double value = NAN;
    if (CLI::detail::lexical_cast(text, value) && value >= least && value <= most) return {};
    return "expected " + expected + ", got " + text;
  };
  return CLI::Validator(check, "");
}

void add_model_folder(CLI::App& app, std::string& folder) {
  app.add_option("--model", folder, "Folder of the checkpoint")->required()->type_name("DIR");
}

void add_model_options(CLI::App& app, ModelChoice& choice) {
  app.add_option("--device", choice.load.device, "cpu (default), cuda or cuda:N")
      ->type_name("NAME")
      ->group(kLoading);
  app.add_option("--dtype", choice.load.dtype, "float32 (default), bfloat16 or float16")
      ->type_name("NAME")
      ->group(kLoading);
  app.add_option("--threads", choice.load.threads, "CPU threads (default: all cores)")
      ->check(number_in(1, 4096, "a number of threads"))
      ->type_name("N")
      ->group(kLoading);
  app.add_flag("--verbose", choice.verbosity, "Log to stderr; twice: in detail")->group(kLoading);
}

void add_lora_option(CLI::App& app, ModelChoice& choice) {
  app.add_option("--lora", choice.load.lora, "Adapter (PEFT's form) to add to the weights")
      ->type_name("DIR")
      ->group(kLoading);
}

void set_log_level_of(const ModelChoice& choice) {
  constexpr LogLevel kLevels[] = {LogLevel::kOff, LogLevel::kInfo, LogLevel::kDebug};
  set_log_level(kLevels[std::min(choice.verbosity, 2)]);
}

Model load_model(const ModelChoice& choice) {
  set_log_level_of(choice);
  return Model::load(choice.folder, choice.load);
}

void add_generation_options(CLI::App& app, Generation& generation) {
  app.add_option("--max-new-tokens", generation.max_new_tokens,
                 "Longest answer (default: the model's own, else 1024)")
      ->check(number_in(1, 1e9, "a positive number of tokens"))
      ->type_name("N")
      ->group(kGenerating);
  app.add_option("--temperature", generation.sampling.temperature,
                 "0 (default): the most likely token; more: drawn more freely")
      ->check(number_in(0, kNoLimit, "a number >= 0"))
      ->type_name("T")
      ->group(kGenerating);
  app.add_option("--top-p", generation.sampling.top_p,
                 "Draw from the likeliest tokens that make up this probability")
      ->check(number_in(std::numeric_limits<double>::min(), 1, "a number in (0, 1]"))
      ->type_name("P")
      ->group(kGenerating);
  app.add_option("--top-k", generation.sampling.top_k,
                 "Draw from this many of the likeliest tokens; 0: all")
      ->check(number_in(0, 1e9, "a number >= 0"))
      ->type_name("K")
      ->group(kGenerating);
  app.add_option("--seed", generation.sampling.seed, "Same seed, same answer (default 0)")
      ->check(number_in(0, 1.8e19, "a whole number >= 0"))
      ->type_name("N")
      ->group(kGenerating);
  add_deadline_option(app, generation.deadline_seconds);
}

void add_deadline_option(CLI::App& app, std::optional<double>& seconds) {
  app.add_option("--deadline", seconds,
                 "Stop after this many seconds (from when the model is\n"
                 "loaded) with what is there")
      ->check(number_in(0, kNoLimit, "a number of seconds >= 0"))
      ->type_name("SECONDS")
      ->group(kGenerating);
}

AskOptions ask_options(const Generation& generation, const Limits& limits) {
  AskOptions options;
  options.max_new_tokens = generation.max_new_tokens;
  options.sampling = generation.sampling;
  options.limits = limits;
  return options;
}

void add_json_option(CLI::App& app, std::string& json) {
  app.add_option("--json", json, "Write the whole result as JSON; - : to stdout, alone")
      ->type_name("FILE|-")
      ->group(kResult);
}

void add_draw_option(CLI::App& app, std::string& draw, const std::string& help) {
  app.add_option("--draw", draw, help)->type_name("FILE")->group(kResult);
}

void add_result_options(CLI::App& app, ResultPlaces& places) {
  add_json_option(app, places.json);
  app.add_flag("--stream", places.stream,
               "Show the model's words while they come (on stderr\n"
               "when stdout is for the JSON)")
      ->group(kResult);
}

void add_messages_options(CLI::App& app, MessagesFile& messages) {
  app.add_option("--messages", messages.path, "JSON: a list of messages, or {\"messages\": [...]}")
      ->required()
      ->type_name("FILE");
  app.add_option("--root", messages.root,
                 "Folder of the image files (default: that of the\n"
                 "messages file)")
      ->type_name("DIR");
}

std::vector<Message> load_messages(const MessagesFile& messages) {
  const std::string root = messages.root.empty() ? folder_of(messages.path) : messages.root;
  return messages_from_json(read_text(messages.path), messages.path, root);
}

CLI::Option* add_repeatable(CLI::App& app, const std::string& name,
                            std::vector<std::string>& values, const std::string& help) {
  // Not through CLI11's own vectors, which give "{}" and "%%" a meaning.
  const auto take = [&values](const CLI::results_t& given) {
    values = given;
    return true;
  };
  return app.add_option(name, CLI::callback_t(take), help)
      ->type_size(1)
      ->expected(1, CLI::detail::expected_max_vector_size)
      ->allow_extra_args(false);
}

}  // namespace fo1::cli
