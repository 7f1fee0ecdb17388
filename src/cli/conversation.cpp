// The commands that continue a conversation: chat, and trace, which records it.
#include <CLI/CLI.hpp>
#include <memory>

#include "cli/command.h"
#include "cli/files.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/show.h"
#include "fo1/time_limit.h"

namespace fo1::cli {
namespace {

constexpr const char* kMessageForm =
    R"(A message is {"role": "user", "content": ..., "bbox_list": [[x1, y1, x2, y2], ...]}; the
content a text, or a list of {"type": "text", "text": "..."} and
{"type": "image_url", "image_url": {"url": "photo.jpg"}}.

Example:
  )";

struct Options {
  ModelChoice model;
  Generation generation;
  ResultPlaces result;
  MessagesFile messages;
  std::string trace;  // where the tensors go; empty: nowhere
};

void add_options(CLI::App& app, Options& options, const std::string& example) {
  add_model_folder(app, options.model.folder);
  add_messages_options(app, options.messages);
  add_model_options(app, options.model);
  add_lora_option(app, options.model);
  add_generation_options(app, options.generation);
  add_result_options(app, options.result);
  app.footer(kMessageForm + example);
}

void run(const Options& options) {
  AnswerWriter writer(options.result);
  require_place(options.trace);
  const std::vector<Message> messages = load_messages(options.messages);
  const Model model = load_model(options.model);
  const TimeLimit limit(options.generation.deadline_seconds, catch_interrupts());
  AskOptions asking = ask_options(options.generation, limit.remaining());
  asking.on_token = writer.on_token();
  writer.write(options.trace.empty() ? model.chat(messages, asking)
                                     : model.trace(messages, options.trace, asking));
}

}  // namespace

Action declare_chat(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  add_options(app, *options, "fo1 chat --model DIR --messages talk.json --stream");
  return [options] { run(*options); };
}

Action declare_trace(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  add_options(app, *options, "fo1 trace --model DIR --messages talk.json --out talk.safetensors");
  app.add_option("--out", options->trace, "Where the tensors go (.safetensors)")
      ->required()
      ->type_name("FILE");
  return [options] { run(*options); };
}

}  // namespace fo1::cli
