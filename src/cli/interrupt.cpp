#include "cli/interrupt.h"

#include <csignal>

namespace fo1::cli {
namespace {

CancelToken token;  // made before any handler can run, which then only stores to its atomic

void on_signal(int) {
  token.cancel();
}

void handle_once(int signal) {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);
  ::sigaction(signal, &action, nullptr);
}

}  // namespace

CancelToken catch_interrupts() {
  handle_once(SIGINT);
  handle_once(SIGTERM);
  return token;
}

}  // namespace fo1::cli
