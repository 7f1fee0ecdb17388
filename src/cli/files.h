// Files that the program itself reads and writes.
#pragma once

#include <fstream>
#include <string>

namespace fo1::cli {

std::string read_text(const std::string& path);    // throws kNotFound
std::ifstream open_text(const std::string& path);  // throws kNotFound

std::string folder_of(const std::string& path);  // "" of a bare name
// `path` itself when absolute, else below `root`.
std::string resolve(const std::string& root, const std::string& path);

// Absolute and without links, as far as `path` exists.
std::string absolute(const std::string& path);
bool same_place(const std::string& a, const std::string& b);  // both exist and are one
bool is_there(const std::string& path);                       // a link that leads nowhere is, too

// Throws kNotFound unless the folder of `path` exists: asked before long work whose result would
// have no place to go. Empty and "-" are fine.
void require_place(const std::string& path);

// A file that appears whole or not at all: written beside `path` and renamed by commit(). Things
// that are no regular file (a pipe, /dev/null) are written to as they are.
class WholeFile {
 public:
  explicit WholeFile(std::string path);  // throws kNotFound
  ~WholeFile();
  WholeFile(const WholeFile&) = delete;
  WholeFile& operator=(const WholeFile&) = delete;

  std::ostream& stream() { return stream_; }
  void commit();  // throws kInternal

 private:
  std::string path_;
  std::string written_;  // where the bytes go until commit()
  std::ofstream stream_;
};

void write_text(const std::string& path, const std::string& text);

void make_folder(const std::string& path);  // and those above it; throws kNotFound

}  // namespace fo1::cli
