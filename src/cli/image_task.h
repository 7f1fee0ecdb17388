// The tasks that ask about one image.
#pragma once

#include <string>

namespace fo1::cli {

bool is_image_task(const std::string& name);
bool names_objects(const std::string& task);  // its query is a name of what can be seen
std::string image_task_names();               // "detect, ground, ..."

}  // namespace fo1::cli
