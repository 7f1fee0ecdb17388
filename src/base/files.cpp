#include "base/files.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include "base/error.h"

namespace fo1 {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kLargestFile = std::size_t{1} << 30;

}  // namespace

std::string read_file(const std::string& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    fail(ErrorCode::kNotFound, path, ": expected a file, got a folder");
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) fail(ErrorCode::kNotFound, path, ": ", std::strerror(errno));
  std::string bytes;
  std::vector<char> chunk(std::size_t{1} << 20);
  while (file.read(chunk.data(), static_cast<std::streamsize>(chunk.size())), file.gcount() > 0) {
    bytes.append(chunk.data(), static_cast<std::size_t>(file.gcount()));
    if (bytes.size() > kLargestFile) {
      fail(ErrorCode::kUnsupported, path, ": a file of more than ", kLargestFile,
           " bytes, which is read as a whole, or one without an end");
    }
  }
  return bytes;
}

bool file_exists(const std::string& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

void require_folder(const std::string& path, const std::string& what) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) {
    fail(ErrorCode::kNotFound, what, " ", quoted(path), " is not a folder");
  }
}

std::string join_path(const std::string& folder, const std::string& name) {
  return (fs::path(folder) / name).string();
}

std::string resolve_path(const std::string& root, const std::string& path) {
  return root.empty() || fs::path(path).is_absolute() ? path : join_path(root, path);
}

namespace {

// Where the bytes of `path` are gathered. A pipe or device is written in place: a rename would put
// a plain file where it was.
std::string temporary_name(const std::string& path) {
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  if (fs::exists(status) && fs::is_other(status)) return path;
  const fs::path target(path);
  static std::atomic<unsigned> count = 0;  // two threads may write the same file
  const std::string name = cat(".", target.stem().string(), ".", ::getpid(), ".", ++count, ".tmp");
  return (target.parent_path() / (name + target.extension().string())).string();
}

}  // namespace

AtomicFile::AtomicFile(std::string path)
    : path_(std::move(path)),
      temporary_(temporary_name(path_)),
      stream_(temporary_, std::ios::binary | std::ios::trunc) {
  if (!stream_) fail(ErrorCode::kNotFound, path_, ": cannot be written: ", std::strerror(errno));
}

AtomicFile::~AtomicFile() {
  if (committed_ || temporary_ == path_) return;
  stream_.close();
  std::error_code ignored;
  fs::remove(temporary_, ignored);
}

void AtomicFile::commit() {
  stream_.close();
  if (!stream_) fail(ErrorCode::kInternal, path_, ": writing failed: ", std::strerror(errno));
  committed_ = true;
  if (temporary_ == path_) return;
  std::error_code error;
  fs::rename(temporary_, path_, error);
  committed_ = !error;
  if (error) fail(ErrorCode::kInternal, path_, ": ", error.message());
}

void write_file(const std::string& path, const std::string& bytes) {
  AtomicFile file(path);
  file.stream().write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.commit();
}

}  // namespace fo1
