// How the help texts look.
#pragma once

namespace CLI {
class App;
}

namespace fo1::cli {

// Commands added afterwards look the same.
void dress(CLI::App& app);

}  // namespace fo1::cli
