// Expecting an error by its code and its text.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "fo1/error.h"

namespace fo1::test {

// EXPECT_TRUE(fails_with([&] { open(path); }, ErrorCode::kNotFound, "no such file"));
template <class Action>
testing::AssertionResult fails_with(Action&& action, ErrorCode code, const std::string& text) {
  try {
    action();
  } catch (const Error& error) {
    const std::string got = error.what();
    if (error.code() == code && got.find(text) != std::string::npos) {
      return testing::AssertionSuccess();
    }
    return testing::AssertionFailure() << "got " << error_code_name(error.code()) << ": " << got
                                       << "\nexpected " << error_code_name(code) << ": ..." << text;
  }
  return testing::AssertionFailure()
         << "nothing failed; expected " << error_code_name(code) << ": " << text;
}

}  // namespace fo1::test
