// Text files line by line.
#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <string>

namespace fo1::cli {

// Lines with nothing but white space are passed over; numbers count every line from 1.
// `visit` returns whether to go on.
using LineVisitor = std::function<bool(const std::string& text, std::int64_t number)>;
void for_each_line(std::istream& in, const LineVisitor& visit);
void for_each_line(const std::string& path, const LineVisitor& visit);  // throws kNotFound

// How many of them a file has. Throws kNotFound.
std::int64_t count_lines(const std::string& path);

}  // namespace fo1::cli
