#include "cli/text.h"

#include <algorithm>
#include <cstdio>

namespace fo1::cli {
namespace {

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

// Characters of UTF-8 text: bytes that do not continue another.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

// `value` in the largest of `units`, each `step` times the one before, that leaves it at least 1.
std::string in_units(std::int64_t value, double step, const std::vector<const char*>& units) {
  double scaled = static_cast<double>(value);
  std::size_t unit = 0;
  while (scaled >= step && unit + 1 < units.size()) {
    scaled /= step;
    ++unit;
  }
  char text[64];
  std::snprintf(text, sizeof text, unit == 0 ? "%.0f%s" : "%.2f%s", scaled, units[unit]);
  return text;
}

}  // namespace

std::string one_line(std::string text) {
  std::replace_if(text.begin(), text.end(), is_control, ' ');
  return text;
}

std::string printable(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return is_control(c) && c != '\n'; }, ' ');
  return text;
}

std::string number_text(double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

std::string box_text(const Box& box) {
  return number_text(box.x1) + " " + number_text(box.y1) + " " + number_text(box.x2) + " " +
         number_text(box.y2);
}

std::string score_text(double score) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", score);
  return text;
}

std::string bytes_text(std::int64_t bytes) {
  return in_units(bytes, 1024, {" B", " KiB", " MiB", " GiB", " TiB"});
}

std::string count_text(std::int64_t count) {
  return in_units(count, 1000, {"", " thousand", " million", " billion"});
}

Table::Table(std::vector<std::string> heading) {
  rows_.push_back(std::move(heading));
}

void Table::add(std::vector<std::string> row) {
  for (std::string& cell : row) cell = one_line(std::move(cell));
  rows_.push_back(std::move(row));
}

void Table::print(std::ostream& out) const {
  std::vector<std::size_t> widths(rows_.front().size());
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool last = i + 1 == row.size();
      out << row[i] << (last ? "\n" : std::string(widths[i] - width(row[i]) + 2, ' '));
    }
  }
}

}  // namespace fo1::cli
