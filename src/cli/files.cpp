#include "cli/files.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iterator>

#include "fo1/error.h"

namespace fo1::cli {
namespace fs = std::filesystem;
namespace {

Error not_found(const std::string& path, const std::string& what) {
  return {ErrorCode::kNotFound, path + ": " + what};
}

bool is_folder(const std::string& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

bool is_special(const std::string& path) {
  std::error_code ignored;
  return fs::exists(path, ignored) && !fs::is_regular_file(path, ignored);
}

std::string place_beside(const std::string& path) {
  if (is_special(path)) return path;
  std::string name = ".";
  name += fs::path(path).filename().string() + "." + std::to_string(::getpid()) + ".tmp";
  return (fs::path(path).parent_path() / name).string();
}

}  // namespace

std::ifstream open_text(const std::string& path) {
  if (is_folder(path)) throw not_found(path, "expected a file, got a folder");
  std::ifstream file(path, std::ios::binary);
  if (!file) throw not_found(path, std::strerror(errno));
  return file;
}

std::string read_text(const std::string& path) {
  std::ifstream file = open_text(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string folder_of(const std::string& path) {
  return fs::path(path).parent_path().string();
}

std::string resolve(const std::string& root, const std::string& path) {
  return (fs::path(root) / path).string();  // an absolute `path` replaces `root`
}

std::string absolute(const std::string& path) {
  std::error_code ignored;
  const fs::path whole = fs::absolute(path, ignored);
  const fs::path resolved = fs::weakly_canonical(whole, ignored);
  return (resolved.empty() ? whole : resolved).string();
}

bool same_place(const std::string& a, const std::string& b) {
  std::error_code error;
  return fs::equivalent(a, b, error) && !error;
}

bool is_there(const std::string& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

void require_place(const std::string& path) {
  const std::string folder = folder_of(path);
  if (path == "-" || folder.empty() || is_folder(folder)) return;
  throw not_found(path, "cannot be written: its folder does not exist");
}

WholeFile::WholeFile(std::string path)
    : path_(std::move(path)), written_(place_beside(path_)), stream_(written_, std::ios::binary) {
  if (!stream_) throw not_found(path_, std::string("cannot be written: ") + std::strerror(errno));
}

WholeFile::~WholeFile() {
  if (written_ == path_) return;
  stream_.close();
  std::error_code ignored;
  fs::remove(written_, ignored);
}

void WholeFile::commit() {
  stream_.close();
  if (!stream_) throw Error(ErrorCode::kInternal, path_ + ": could not be written completely");
  if (written_ == path_) return;
  std::error_code error;
  fs::rename(written_, path_, error);
  if (error) throw Error(ErrorCode::kInternal, path_ + ": " + error.message());
  written_ = path_;
}

void write_text(const std::string& path, const std::string& text) {
  WholeFile file(path);
  file.stream() << text;
  file.commit();
}

void make_folder(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) throw not_found(path, "cannot be made: " + error.message());
}

}  // namespace fo1::cli
