#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <string>
#include <vector>

#include "cli/help.h"
#include "cli/suggest.h"
#include "cli/text.h"
#include "fo1/export.h"

namespace fo1::cli {
namespace {

constexpr int kWrongUsage = 2;

// The command that was named, else the program itself.
const CLI::App& deepest(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? app : *chosen.front();
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const Command& command : all_commands()) names.emplace_back(command.name);
  return names;
}

std::string unknown(const char* kind, const std::string& word,
                    const std::vector<std::string>& known) {
  const std::string near = closest(word, known);
  return std::string("unknown ") + kind + " " + word +
         (near.empty() ? "" : "; did you mean " + near + "?");
}

// A word that nobody takes explains the error better than what is missing because of it.
std::string explain(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& command = deepest(app);
  const std::vector<std::string> unused = command.remaining();
  if (unused.empty()) return app.get_subcommands().empty() ? "no command given" : error.what();
  const std::string word = unused.front().substr(0, unused.front().find('='));
  if (word.rfind('-', 0) == 0) return unknown("option", word, option_names(command));
  if (&command == &app) return unknown("command", word, command_names());
  return "unexpected argument " + word;
}

int complain(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& command = deepest(app);
  const std::string name = &command == &app ? "fo1" : "fo1 " + command.get_name();
  std::cerr << name << ": usage: " << one_line(explain(app, error)) << " (see " << name
            << " --help)" << std::endl;
  return kWrongUsage;
}

}  // namespace

CommandLine read_command_line(int argc, const char* const* argv) {
  CLI::App app("Ask VLM-FO1 models about images: they answer in words and point at regions.",
               "fo1");
  dress(app);
  app.set_version_flag("--version", std::string("fo1 ") + version(), "Print the version and exit");
  app.require_subcommand(1);
  CommandLine result;
  for (const Command& command : all_commands()) {
    CLI::App* sub = app.add_subcommand(command.name, command.help)->group(command.group);
    Action action = command.declare(*sub);
    sub->final_callback([&result, action] { result.action = action; });
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return {nullptr, app.exit(help)};
  } catch (const CLI::ParseError& error) {
    return {nullptr, complain(app, error)};
  }
  return result;
}

}  // namespace fo1::cli
