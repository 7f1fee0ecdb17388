#include "cli/interrupt.h"

#include <gtest/gtest.h>

#include <csignal>

namespace fo1::cli {
namespace {

TEST(Interrupt, TheFirstSignalTriggersTheTokenAndTheSecondEndsTheProcess) {
  const auto signalled_twice = [] {
    const CancelToken token = catch_interrupts();
    if (token.cancelled()) std::_Exit(1);
    std::raise(SIGINT);
    if (!token.cancelled()) std::_Exit(2);
    std::raise(SIGINT);
    std::_Exit(3);
  };
  EXPECT_EXIT(signalled_twice(), testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace fo1::cli
