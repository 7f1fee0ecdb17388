#include "cli/lines.h"

#include "cli/files.h"

namespace fo1::cli {

void for_each_line(std::istream& in, const LineVisitor& visit) {
  std::string text;
  for (std::int64_t number = 1; std::getline(in, text); ++number) {
    if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
    if (!visit(text, number)) return;
  }
}

void for_each_line(const std::string& path, const LineVisitor& visit) {
  std::ifstream file = open_text(path);
  for_each_line(file, visit);
}

std::int64_t count_lines(const std::string& path) {
  std::int64_t count = 0;
  for_each_line(path, [&](const std::string&, std::int64_t) {
    ++count;
    return true;
  });
  return count;
}

}  // namespace fo1::cli
