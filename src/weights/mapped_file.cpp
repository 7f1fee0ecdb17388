#include "weights/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "base/files.h"

namespace fo1 {
namespace {

class Descriptor {
 public:
  explicit Descriptor(const std::string& path)
      : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (number_ < 0) fail(ErrorCode::kNotFound, path, ": ", std::strerror(errno));
  }
  ~Descriptor() { ::close(number_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }

 private:
  int number_;
};

}  // namespace

MappedFile::MappedFile(const std::string& path) {
  if (!file_exists(path)) fail(ErrorCode::kNotFound, path, ": no such file");
  const Descriptor file(path);
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) {
    fail(ErrorCode::kNotFound, path, ": ", std::strerror(errno));
  }
  size_ = static_cast<std::size_t>(status.st_size);
  if (size_ == 0) return;  // nothing to map, and mmap refuses it
  void* mapped = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.number(), 0);
  if (mapped == MAP_FAILED) {
    fail(ErrorCode::kOutOfMemory, path, ": cannot map ", size_, " bytes: ", std::strerror(errno));
  }
  data_ = static_cast<const char*>(mapped);
}

MappedFile::~MappedFile() {
  if (data_) ::munmap(const_cast<char*>(data_), size_);
}

}  // namespace fo1
