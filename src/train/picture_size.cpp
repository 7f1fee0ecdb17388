#include "train/picture_size.h"

#include "base/error.h"
#include "base/files.h"
#include "image/picture_header.h"

namespace fo1::train {

Size picture_size(const std::string& path) {
  try {
    return read_picture_header(read_file(path), path).size;
  } catch (const Error&) {
    return {1, 1};
  }
}

}  // namespace fo1::train
