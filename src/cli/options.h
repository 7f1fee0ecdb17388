// The options that commands share, each declared once.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fo1/model.h"
#include "fo1/options.h"

namespace CLI {
class App;
class Option;
class Validator;
}  // namespace CLI

namespace fo1::cli {

struct ModelChoice {
  std::string folder;
  LoadOptions load;
  int verbosity = 0;  // how often --verbose was given
};
void add_model_folder(CLI::App& app, std::string& folder);
void add_model_options(CLI::App& app, ModelChoice& choice);  // how to load it
void add_lora_option(CLI::App& app, ModelChoice& choice);
void set_log_level_of(const ModelChoice& choice);
// Sets the log level, then loads.
Model load_model(const ModelChoice& choice);

struct Generation {
  std::int64_t max_new_tokens = 0;
  Sampling sampling;
  std::optional<double> deadline_seconds;
};
void add_generation_options(CLI::App& app, Generation& generation);

// What an answer may cost and how its words are chosen.
AskOptions ask_options(const Generation& generation, const Limits& limits);

struct ResultPlaces {
  std::string json;     // file, "-" for stdout, or empty
  bool stream = false;  // show the words while they are generated
};
void add_json_option(CLI::App& app, std::string& json);
void add_result_options(CLI::App& app, ResultPlaces& places);

void add_draw_option(CLI::App& app, std::string& draw, const std::string& help);
void add_deadline_option(CLI::App& app, std::optional<double>& seconds);

// Accepts numbers from `least` to `most` only (no NaN); `expected` says so in words.
CLI::Validator number_in(double least, double most, const std::string& expected);

// --messages and --root
struct MessagesFile {
  std::string path;
  std::string root;  // empty: the folder of `path`
};
void add_messages_options(CLI::App& app, MessagesFile& messages);
std::vector<Message> load_messages(const MessagesFile& messages);

// An option that may be given several times, one value each, taken as written.
CLI::Option* add_repeatable(CLI::App& app, const std::string& name,
                            std::vector<std::string>& values, const std::string& help);

}  // namespace fo1::cli
