// From the words of a command line to what shall be done.
#pragma once

#include "cli/command.h"

namespace fo1::cli {

// `action` is empty where there is nothing to do: help, version (status 0) or wrong usage (status
// 2), which have been printed.
struct CommandLine {
  Action action;
  int status = 0;
};

CommandLine read_command_line(int argc, const char* const* argv);

}  // namespace fo1::cli
