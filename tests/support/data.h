// Where test data lie: in the full set named by FO1_SHARED, else in tests/data, which has a
// selection of it and some that are only there.
#pragma once

#include <string>

namespace fo1::test {

// data_path("parity/image/index.json"): absolute path. The file need not exist.
std::string data_path(const std::string& relative);

// A fresh folder for this test's files, removed when the process ends.
std::string scratch_folder();

}  // namespace fo1::test
