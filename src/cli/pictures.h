// The pictures in a folder.
#pragma once

#include <string>
#include <vector>

namespace fo1::cli {

struct Picture {
  std::string name;    // path below the folder, with "/": "street/a.png"
  std::string output;  // what files about it are called, without their endings: "street/a"; where
                       // another picture would share it, the whole name: "street/a.png"
};

// Files with the ending of a picture, in any case, sorted by name; with `recursive` in all folders
// below as well, but not in `except`, nor through links to folders. Hidden files and folders are
// passed over. Throws kNotFound (no such folder, none in it) and kInvalidArgument (a name that is
// not UTF-8: it cannot be written to any file of annotations).
std::vector<Picture> list_pictures(const std::string& folder, bool recursive,
                                   const std::string& except);

// Fills in `output`.
void name_outputs(std::vector<Picture>& pictures);

}  // namespace fo1::cli
