#include "cli/help.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

namespace fo1::cli {
namespace {

constexpr std::size_t kOptionColumn = 30;
constexpr std::size_t kCommandColumn = 12;

constexpr const char* kExamples = R"(Examples:
  fo1 detect --model DIR --image street.jpg --boxes boxes.json --query "red car"
  fo1 ask --model DIR --image street.jpg --query "Is the shop open?" --stream
  fo1 propose --proposals upn:DIR --image street.jpg --draw proposals.png
  fo1 batch --model DIR --requests requests.jsonl --out answers.jsonl --resume
  fo1 inspect DIR

`fo1 COMMAND --help` lists the options of a command.
Exit status: 0 done, 1 an error (one line on stderr), 2 wrong usage.)";

class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter() { column_width(kOptionColumn); }

  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override {
    std::string help = CLI::Formatter::make_help(app, std::move(name), mode);
    for (std::size_t at; (at = help.find("\n\n\n")) != std::string::npos;) help.erase(at, 1);
    return help;
  }

  std::string make_description(const CLI::App* app) const override {
    const bool is_command = app->get_parent() != nullptr;
    return (is_command ? app->get_name() + ": " : "") + app->get_description() + "\n\n";
  }

  // What must be given, then what may be.
  std::string make_usage(const CLI::App* app, std::string name) const override {
    std::string usage = "Usage: " + name;
    if (app->get_require_subcommand_min() > 0) return usage + " COMMAND [options]\n";
    for (const CLI::Option* option : app->get_options()) {
      if (!option->get_required()) continue;
      usage += " " + option->get_name();
      if (!option->get_positional()) usage += " " + option->get_type_name();
    }
    return usage + " [options]\n";
  }

  std::string make_subcommand(const CLI::App* sub) const override {
    std::ostringstream out;
    CLI::detail::format_help(out, sub->get_name(), sub->get_description(), kCommandColumn);
    return out.str();
  }

  std::string make_option_opts(const CLI::Option* option) const override {
    return option->get_type_name().empty() ? "" : " " + option->get_type_name();
  }
};

}  // namespace

void dress(CLI::App& app) {
  auto formatter = std::make_shared<HelpFormatter>();
  formatter->label("Positionals", "Arguments");
  app.formatter(formatter);
  app.get_help_ptr()->description("Print this help and exit");
  app.footer(kExamples);
}

}  // namespace fo1::cli
