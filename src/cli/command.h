// The program's commands.
#pragma once

#include <functional>
#include <span>

namespace CLI {
class App;
}

namespace fo1::cli {

// What a command does once the whole command line has been read. Throws fo1::Error.
using Action = std::function<void()>;

struct Command {
  const char* name;
  const char* group;                 // its heading in the help
  const char* help;                  // one line
  Action (*declare)(CLI::App& app);  // adds the command's options to `app`
};

// A new command is one row in commands.cpp and its `declare`.
std::span<const Command> all_commands();

Action declare_image_task(CLI::App& app);  // which one, `app` says by its name
Action declare_propose(CLI::App& app);
Action declare_chat(CLI::App& app);
Action declare_trace(CLI::App& app);
Action declare_batch(CLI::App& app);
Action declare_label(CLI::App& app);
Action declare_tokenize(CLI::App& app);
Action declare_inspect(CLI::App& app);

}  // namespace fo1::cli
