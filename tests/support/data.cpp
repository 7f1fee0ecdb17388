#include "support/data.h"

#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <stdexcept>

namespace fo1::test {
namespace fs = std::filesystem;

std::string data_path(const std::string& relative) {
  const char* shared = std::getenv("FO1_SHARED");
  if (shared && *shared && fs::exists(fs::path(shared) / relative)) {
    return (fs::path(shared) / relative).string();
  }
  return (fs::path(FO1_TEST_DATA) / relative).string();
}

namespace {

struct Folder {
  Folder() {
    std::string name = (fs::temp_directory_path() / "fo1-test-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    path = name;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  fs::path path;
  int next = 0;
};

}  // namespace

std::string scratch_folder() {
  static Folder folder;
  const fs::path fresh = folder.path / std::to_string(folder.next++);
  fs::create_directories(fresh);
  return fresh.string();
}

}  // namespace fo1::test
