// Whole-file reads, and writes that are complete or do not happen.
#pragma once

#include <fstream>
#include <string>

namespace fo1 {

// Throws kNotFound (missing, unreadable, a folder).
std::string read_file(const std::string& path);

bool file_exists(const std::string& path);
// Throws kNotFound naming `what` ("model folder") when `path` is not a folder.
void require_folder(const std::string& path, const std::string& what);

std::string join_path(const std::string& folder, const std::string& name);
// `path` itself when absolute or `root` is empty, else root/path.
std::string resolve_path(const std::string& root, const std::string& path);

// Writes to a temporary file beside `path`; commit() renames it over `path`. Without commit() the
// temporary file is removed and `path` stays as it was. A device or pipe is written in place.
class AtomicFile {
 public:
  explicit AtomicFile(std::string path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  std::ostream& stream() { return stream_; }
  const std::string& temporary_path() const { return temporary_; }  // keeps the extension of `path`
  void commit();  // throws kNotFound / kInternal when the bytes could not be written

 private:
  std::string path_;
  std::string temporary_;
  std::ofstream stream_;
  bool committed_ = false;
};

void write_file(const std::string& path, const std::string& bytes);  // atomic

}  // namespace fo1
