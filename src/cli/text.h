// Text for people: single lines, aligned tables, sizes.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "fo1/types.h"

namespace fo1::cli {

// Control characters replaced by spaces, so that text from outside stays on its line and cannot
// steer a terminal.
std::string one_line(std::string text);

// Lines kept, other control characters replaced.
std::string printable(std::string text);

std::string number_text(double value);       // up to six digits: "12", "0.973", "55.25"
std::string score_text(double score);        // "0.973"
std::string box_text(const Box& box);        // "12 7.5 80 91.25"
std::string bytes_text(std::int64_t bytes);  // "7.51 GiB"
std::string count_text(std::int64_t count);  // "3.75 billion"

// Rows under a heading, columns as wide as their widest cell.
class Table {
 public:
  explicit Table(std::vector<std::string> heading);
  void add(std::vector<std::string> row);  // as many cells as the heading
  bool empty() const { return rows_.size() == 1; }
  void print(std::ostream& out) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace fo1::cli
