#include "train/picture_size.h"

#include "image/picture_header.h"
#include "weights/mapped_file.h"

namespace fo1::train {

Size picture_size(const std::string& path) {
  return read_picture_header(MappedFile(path).bytes(), path).size;
}

}  // namespace fo1::train
