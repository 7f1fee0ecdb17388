// A file's bytes in memory without reading them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fo1 {

// Read-only: pages come from the file when touched and are shared with other processes that map it.
// The file must not be shortened meanwhile (replacing it by a rename is fine).
class MappedFile {
 public:
  explicit MappedFile(const std::string& path);  // throws kNotFound
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view bytes() const { return {data_, size_}; }

 private:
  const char* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace fo1
